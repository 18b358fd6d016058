// What clients ask for again and again, in memory: repositories by name, manifests by tag and digest, blobs by
// digest, first pages of tag lists. Valid only where this process is the only writer of its metadata.
#pragma once
namespace berth::registry {
class ReadCache;
}
