"""What the generated requests cannot know: whose data is there, and what the description leaves out."""

import os

import schemathesis

TENANT = os.environ["FUZZ_TENANT"]
SESSION = os.environ["FUZZ_SESSION"]
REAL = {"tenant": TENANT, "session_id": SESSION}


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Mostly things that exist: of a generated tenant there is nothing but a 404."""
    for name, value in (path_parameters or {}).items():
        if name in REAL and hash(str(value)) % 8:
            path_parameters[name] = REAL[name]
    return path_parameters


@schemathesis.hook
def map_body(context, body):
    if isinstance(body, dict) and "tenant_hash" in body and hash(str(body)) % 4:
        return {**body, "tenant_hash": TENANT}
    return body


@schemathesis.hook
def filter_query(context, query):
    """A download has the media type of the page, and its rows' schema: exports.e2e-spec.ts has it."""
    return (query or {}).get("format") != "json"
