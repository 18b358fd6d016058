#!/usr/bin/env python3
"""Writes sigv4_vectors.txt: requests signed by botocore, for sigv4_test.cpp. Needs botocore; run by hand, rarely."""
import base64
import datetime
import pathlib
import unittest.mock
from urllib.parse import urlsplit

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

KEY, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
NOW = datetime.datetime(2015, 8, 30, 12, 36, 0)
JSON = "application/x-amz-json-1.1"
TARGET = "AmazonEC2ContainerRegistry_V20150921."

CASES = [  # name, service, region, method, url, headers, body, seconds (presigned) or None
    ("get-vanilla", "service", "us-east-1", "GET", "https://example.amazonaws.com/", {}, b"", None),
    ("get-query", "service", "us-east-1", "GET", "https://example.amazonaws.com/?Param2=v2&Param1=v1", {}, b"", None),
    ("query-unreserved", "service", "us-east-1", "GET",
     "https://example.amazonaws.com/?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=x", {}, b"", None),
    ("query-escaped", "service", "us-east-1", "GET",
     "https://example.amazonaws.com/?name=%E1%88%B4%2F%20%2B&a=%3D", {}, b"", None),
    ("query-order-value", "service", "us-east-1", "GET", "https://example.amazonaws.com/?a=2&a=1&B=3", {}, b"", None),
    ("path-dots", "service", "us-east-1", "GET", "https://example.amazonaws.com/one/./two/../three//", {}, b"", None),
    ("path-escaped", "service", "us-east-1", "GET", "https://example.amazonaws.com/a%20b/%E1%88%B4", {}, b"", None),
    ("header-spaces", "service", "us-east-1", "GET", "https://example.amazonaws.com/",
     {"My-Header1": "  a   b   c  ", "My-Header2": '"a   b   c"'}, b"", None),
    ("ecr-create", "ecr", "eu-central-1", "POST", "http://localhost:5000/",
     {"Content-Type": JSON, "X-Amz-Target": TARGET + "CreateRepository"}, b'{"repositoryName":"app"}', None),
    ("ecr-own-host", "ecr", "local", "POST", "http://api.ecr.local.example.org/",
     {"Content-Type": JSON, "X-Amz-Target": TARGET + "DescribeRepositories"}, b"{}", None),
    ("ecr-binary-body", "ecr", "us-east-1", "POST", "http://127.0.0.1/",
     {"Content-Type": JSON, "X-Amz-Target": TARGET + "PutImage"}, bytes(range(256)), None),
    ("sts-post", "sts", "us-east-1", "POST", "http://localhost:5000/",
     {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
     b"Action=GetCallerIdentity&Version=2011-06-15", None),
    ("sts-presigned", "sts", "us-east-1", "GET",
     "http://localhost:5000/?Action=GetCallerIdentity&Version=2011-06-15", {}, b"", 60),
    ("ecr-presigned", "ecr", "us-east-1", "POST", "http://localhost:5000/",
     {"X-Amz-Target": TARGET + "DescribeRegistry"}, b"", 604800),
]


def signed(case):
    name, service, region, method, url, headers, body, seconds = case
    request = AWSRequest(method=method, url=url, headers=dict(headers), data=body)
    if seconds is None:
        signer = botocore.auth.SigV4Auth(Credentials(KEY, SECRET), service, region)
    else:
        signer = botocore.auth.SigV4QueryAuth(Credentials(KEY, SECRET), service, region, expires=seconds)
    with unittest.mock.patch("botocore.auth.get_current_datetime", return_value=NOW):
        signer.add_auth(request)
    parts = urlsplit(request.url)
    lines = [f"name {name}", f"service {service}", f"region {region}", f"method {method}", f"path {parts.path or '/'}",
             f"query {parts.query}", f"body {base64.b64encode(body).decode()}"]
    sent = dict(request.headers.items())
    sent.setdefault("Host", parts.netloc)
    lines += [f"header {key}:{value}" for key, value in sent.items()]
    return "\n".join(lines) + "\n"


target = pathlib.Path(__file__).with_name("sigv4_vectors.txt")
target.write_text("\n".join(signed(case) for case in CASES))
