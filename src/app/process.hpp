// What the process as a whole is set to before anything is opened.
#pragma once

namespace berth::app {

// Files are the owner's alone, SQLite's too, whatever the data folder allows. As many descriptors as the system lets
// this process have: each connection, each running upload and each blob being sent takes one.
void prepare_process();

}  // namespace berth::app
