// Flows through @aws-sdk/client-ecr against ENDPOINT. Each prints one line of JSON: its name and what went wrong.
const assert = require("node:assert/strict");
const { createHash } = require("node:crypto");
const ecr = require("@aws-sdk/client-ecr");
const sts = require("@aws-sdk/client-sts");

const options = { endpoint: process.env.ENDPOINT, region: process.env.AWS_REGION, maxAttempts: 1 };
const client = new ecr.ECRClient(options);
const digest = (text) => "sha256:" + createHash("sha256").update(text).digest("hex");
const send = (Command, input) => client.send(new Command(input));
const repositoryName = "sdk-js/app";

async function refused(promise, name) {
    await assert.rejects(promise, (error) => {
        assert.equal(error.name, name);
        assert.equal(error.$metadata.httpStatusCode, 400);
        assert.ok(error.$metadata.requestId);
        return true;
    });
}

async function pushBlob(text) {
    const bytes = Buffer.from(text);
    const { uploadId } = await send(ecr.InitiateLayerUploadCommand, { repositoryName });
    const part = await send(ecr.UploadLayerPartCommand, {
        repositoryName, uploadId, partFirstByte: 0, partLastByte: bytes.length - 1, layerPartBlob: bytes,
    });
    assert.equal(part.lastByteReceived, bytes.length - 1);
    await send(ecr.CompleteLayerUploadCommand, { repositoryName, uploadId, layerDigests: [digest(bytes)] });
    return { digest: digest(bytes), size: bytes.length };
}

const flows = {
    async identity() {
        const answer = await new sts.STSClient(options).send(new sts.GetCallerIdentityCommand({}));
        assert.equal(answer.Account, "000000000000");
    },
    async repository() {
        const { repository } = await send(ecr.CreateRepositoryCommand, {
            repositoryName, tags: [{ Key: "team", Value: "boats" }],
        });
        assert.equal(repository.repositoryName, repositoryName);
        assert.ok(repository.createdAt instanceof Date);
        await refused(send(ecr.CreateRepositoryCommand, { repositoryName }), "RepositoryAlreadyExistsException");
        await refused(send(ecr.CreateRepositoryCommand, { repositoryName: "Not/Good" }), "InvalidParameterException");
        const listed = [];
        for await (const page of ecr.paginateDescribeRepositories({ client, pageSize: 1 }, {})) {
            listed.push(...page.repositories);
        }
        assert.deepEqual(listed.map((r) => r.repositoryName), [repositoryName]);
        const tags = await send(ecr.ListTagsForResourceCommand, { resourceArn: repository.repositoryArn });
        assert.deepEqual(tags.tags, [{ Key: "team", Value: "boats" }]);
    },
    async image() {
        const type = "application/vnd.oci.image.manifest.v1+json";
        const config = { mediaType: "application/vnd.oci.image.config.v1+json", ...(await pushBlob("{}")) };
        const layer = { mediaType: "application/vnd.oci.image.layer.v1.tar", ...(await pushBlob("a layer")) };
        const imageManifest = JSON.stringify({ schemaVersion: 2, mediaType: type, config, layers: [layer] });
        const { image } = await send(ecr.PutImageCommand, { repositoryName, imageManifest, imageTag: "v1" });
        assert.equal(image.imageId.imageDigest, digest(imageManifest));
        await refused(send(ecr.PutImageCommand, { repositoryName, imageManifest, imageTag: "v1" }),
            "ImageAlreadyExistsException");
        const details = await send(ecr.DescribeImagesCommand, { repositoryName });
        assert.deepEqual(details.imageDetails[0].imageTags, ["v1"]);
        assert.ok(details.imageDetails[0].imagePushedAt instanceof Date);
        const got = await send(ecr.BatchGetImageCommand, { repositoryName, imageIds: [{ imageTag: "v1" }] });
        assert.equal(got.images[0].imageManifest, imageManifest);
        const url = await send(ecr.GetDownloadUrlForLayerCommand, { repositoryName, layerDigest: layer.digest });
        assert.equal(await (await fetch(url.downloadUrl)).text(), "a layer");
        const gone = await send(ecr.BatchDeleteImageCommand, {
            repositoryName, imageIds: [{ imageTag: "v1" }, { imageTag: "v2" }],
        });
        assert.deepEqual(gone.imageIds, [image.imageId]);
        assert.equal(gone.failures[0].failureCode, "ImageNotFound");
    },
    async partError() {
        const { uploadId } = await send(ecr.InitiateLayerUploadCommand, { repositoryName });
        await assert.rejects(send(ecr.UploadLayerPartCommand, {
            repositoryName, uploadId, partFirstByte: 5, partLastByte: 9, layerPartBlob: Buffer.from("01234"),
        }), (error) => error instanceof ecr.InvalidLayerPartException && error.uploadId === uploadId);
    },
    async token() {
        const { authorizationData } = await send(ecr.GetAuthorizationTokenCommand, {});
        const basic = authorizationData[0].authorizationToken;
        const answer = await fetch(process.env.ENDPOINT + "/v2/", { headers: { Authorization: "Basic " + basic } });
        assert.equal(answer.status, 200);
    },
    async deletion() {
        await send(ecr.DeleteRepositoryCommand, { repositoryName, force: true });
        await refused(send(ecr.DescribeRepositoriesCommand, { repositoryNames: [repositoryName] }),
            "RepositoryNotFoundException");
    },
};

(async () => {
    for (const [name, flow] of Object.entries(flows)) {
        let problem = null;
        try {
            await flow();
        } catch (error) {
            problem = String(error.stack);
        }
        console.log(JSON.stringify({ name, problem }));
    }
})();
