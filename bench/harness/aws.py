"""The three calls of the ECR API that the benchmark needs, signed with SigV4."""
import datetime
import hashlib
import hmac
import http.client
import json
import ssl

TARGET = "AmazonEC2ContainerRegistry_V20150921."
TYPE = "application/x-amz-json-1.1"


def _hmac(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signed_headers(host, target, body, key_id, secret, region, now):
    """The headers of a POST to / with that body, Authorization among them."""
    stamp, day = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    headers = {"content-type": TYPE, "host": host, "x-amz-date": stamp, "x-amz-target": target}
    names = ";".join(sorted(headers))
    canonical = "\n".join(["POST", "/", "", *(f"{name}:{headers[name]}" for name in sorted(headers)), "", names,
                           hashlib.sha256(body).hexdigest()])
    scope = f"{day}/{region}/ecr/aws4_request"
    to_sign = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = f"AWS4{secret}".encode()
    for part in (day, region, "ecr", "aws4_request"):
        key = _hmac(key, part)
    signature = _hmac(key, to_sign).hex()
    headers["authorization"] = (f"AWS4-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={names}, "
                                f"Signature={signature}")
    return headers


class Ecr:
    def __init__(self, port, key_id, secret, tls=False, region="us-east-1"):
        self.host, self.key_id, self.secret, self.region = f"127.0.0.1:{port}", key_id, secret, region
        if tls:
            self.connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=30,
                                                          context=ssl._create_unverified_context())
        else:
            self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def call(self, operation, **parameters):
        body = json.dumps(parameters).encode()
        now = datetime.datetime.now(datetime.timezone.utc)
        headers = signed_headers(self.host, TARGET + operation, body, self.key_id, self.secret, self.region, now)
        self.connection.request("POST", "/", body, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{operation}: {answer.status} {text[:300]!r}")
        return json.loads(text)

    def create_repository(self, name):
        self.call("CreateRepository", repositoryName=name)

    def basic_token(self):
        """The value of an Authorization header for /v2/."""
        return "Basic " + self.call("GetAuthorizationToken")["authorizationData"][0]["authorizationToken"]
