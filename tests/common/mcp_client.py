"""Calls every tool of `safe-rm mcp` as a client of the official Python SDK does.

Started by tests/mcp_client.rs with the server's command, the way to begin a session, and a reply to
every question that the server might ask. It prints the id of a request, waits for a line on its
standard input, and goes on: meanwhile the test is the person.
"""

import asyncio
import json
import os
import sys

from jsonschema import Draft202012Validator
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp_types import ElicitResult, Implementation

server, mode = sys.argv[1:3]
asked = []


async def elicit(*question):
    """A client that says yes to everything."""
    asked.append(question)
    return ElicitResult(action="accept", content={"word": "DELETE", "confirm": True})


def check(is_so, what):
    if not is_so:
        sys.exit(f"not so: {what}")


class Calls:
    def __init__(self, client, tools):
        self.client, self.tools, self.called = client, tools, set()

    async def call(self, name, error=False, **arguments):
        self.called.add(name)
        tool = self.tools[name]
        Draft202012Validator(tool.input_schema).validate(arguments)
        result = await self.client.call_tool(name, arguments)
        check(result.is_error == error, (name, result))
        document = result.structured_content
        if error:
            check(document["schema"] == "safe-rm/error/1", document)
        else:
            Draft202012Validator(tool.output_schema).validate(document)
            # What lacks a part is none.
            for key in tool.output_schema["required"]:
                less = {k: v for k, v in document.items() if k != key}
                check(not Draft202012Validator(tool.output_schema).is_valid(less), (name, key))
        check(result.content[0].text.startswith("Paths, names, labels"), result.content)
        return document


async def main():
    parameters = StdioServerParameters(
        command=server, args=["mcp"], env=dict(os.environ), cwd=os.getcwd()
    )
    me = Implementation(name="python-client", version="1")
    client = Client(parameters, mode=mode, client_info=me, elicitation_callback=elicit)
    async with client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        for tool in tools.values():
            for schema in (tool.input_schema, tool.output_schema):
                Draft202012Validator.check_schema(schema)
                check(schema["type"] == "object", schema)
            hints = tool.annotations
            check(hints.destructive_hint is False and hints.open_world_hint is False, hints)
            changes = {"request_deletion", "label_model", "undo"}
            check(hints.read_only_hint == (tool.name not in changes), hints)
        calls = Calls(client, tools)
        plan = await calls.call("plan_deletion", paths=["runs/old"])
        check([r["rule"] for r in plan["targets"][0]["models"][0]["refusals"]] == ["unlabeled"], plan)
        check("python-client" in json.dumps(plan["actor"]["evidence"]), plan["actor"])
        await calls.call("explain_rule", rule="unlabeled")
        listed = await calls.call("list_models", roots=["."], filter=["label=none"])
        check(len(listed["items"]) == 1, listed)
        label = await calls.call("label_model", path="runs/old", model="Qwen3, of last year")
        check(label["items"][0]["outcome"] == "written", label)
        filed = await calls.call("request_deletion", paths=["runs/old"], reason="the disk is full")
        check(filed["verdict"] == "allowed" and not asked, (filed, asked))
        request = filed["request"]["id"]
        check((await calls.call("request_status", id=request))["state"] == "open", request)
        check(os.path.exists("runs/old"), "it has not gone by itself")
        uris = [str(r.uri) for r in (await client.list_resources()).resources]
        check(uris == ["safe-rm://policy", "safe-rm://requests"], uris)
        templates = (await client.list_resource_templates()).resource_templates
        check(len(templates) == 2, templates)
        for uri, name in [
            ("safe-rm://policy", "policy"),
            ("safe-rm://requests", "requests"),
            ("safe-rm://plan/runs%2Fold", "plan"),
            (f"safe-rm://request/{request}", "request"),
        ]:
            read = await client.read_resource(uri)
            document = json.loads(read.contents[0].text)
            check(document["schema"] == f"safe-rm/{name}/1", document)
        await calls.call("plan_deletion", paths=["nothing"], error=True)
        await calls.call("plan_deletion", paths=["a\0b"], error=True)
        print(request, flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        check((await calls.call("request_status", id=request))["state"] == "carried-out", request)
        check(not os.path.exists("runs/old"), "it has gone")
        back = await calls.call("undo", what="runs/old")
        check([item["fate"] for item in back["items"]] == ["restored"], back)
        check(os.path.exists("runs/old/model.safetensors"), "it is back")
        check(calls.called == set(tools), set(tools) - calls.called)
        check(not asked, asked)
        print("all is well", client.protocol_version, flush=True)


asyncio.run(main())
