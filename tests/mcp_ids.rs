//! The MCP server and its lines: one answer for each call, under its own id, and an end where nobody
//! takes answers any more.

#![cfg(feature = "mcp")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
#![allow(clippy::disallowed_methods, reason = "tests make and look at files of their own")]

mod common;

use std::io::{BufRead, BufReader, Read, Write};
use std::process::Stdio;
use std::time::{Duration, Instant};

use common::Sandbox;
use common::mcp::Client;
use serde_json::{Value, json};

fn session(world: &Sandbox) -> Client {
    let mut client = Client::start(world);
    client.greet("tester");
    client
}

fn call(id: &Value, tool: &str, arguments: &Value) -> String {
    let params = json!({"name": tool, "arguments": arguments});
    json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params}).to_string()
}

/// No call is lost, and none has two answers: what comes under an id that waits is told so, under none.
#[test]
fn an_id_that_is_used_twice() {
    let world = Sandbox::later();
    world.fixture("qwen3_full", "m");
    let mut client = session(&world);
    for id in [json!(7), json!("7"), json!("a\nb")] {
        let plan = call(&id, "plan_deletion", &json!({"paths": ["m"]}));
        let wrong =
            json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": 5}).to_string();
        client.send([plan.as_str(), &plan, &wrong, &plan, &plan, &plan].join("\n"));
        let answers: Vec<Value> = (0..6).map(|_| client.line()).collect();
        let (own, others): (Vec<_>, Vec<_>) = answers.iter().partition(|a| a["id"] == id);
        assert!(!own.is_empty() && !others.is_empty(), "{answers:?}");
        for answer in own {
            let told = &answer["result"]["structuredContent"]["schema"];
            assert_eq!(told, "safe-rm/plan/1", "{answer}");
        }
        for answer in others {
            assert!(answer["id"].is_null() && answer["result"].is_null(), "{answer}");
            assert!([-32600, -32602].map(Value::from).contains(&answer["error"]["code"]));
        }
        // It has its answer, and is free again.
        client.send(call(&id, "explain_rule", &json!({"rule": "pinned"})));
        let answer = client.line();
        assert_eq!(answer["result"]["structuredContent"]["schema"], "safe-rm/rules/1", "{answer}");
    }
    assert_eq!(client.close(), (0, String::new()));
}

/// What was taken back may run on: what it says in the end is no answer to another call.
#[test]
fn an_id_that_was_taken_back() {
    let world = Sandbox::later();
    world.fixture("qwen3_full", "m");
    let mut client = session(&world);
    let plan = call(&json!(7), "plan_deletion", &json!({"paths": ["m"]}));
    let back = json!({"jsonrpc": "2.0", "method": "notifications/cancelled",
        "params": {"requestId": 7, "reason": "never mind"}});
    let other = call(&json!(7), "explain_rule", &json!({"rule": "pinned"}));
    client.send([plan, back.to_string(), other].join("\n"));
    let answer = client.line();
    assert!(answer["id"].is_null() && answer["error"]["code"] == -32600, "{answer}");
    // And nothing comes of it later.
    for _ in 0..20 {
        client.call("plan_deletion", &json!({"paths": ["m"]}));
    }
    assert_eq!(client.close(), (0, String::new()));
}

/// MCP knows fewer ids than JSON-RPC: what is refused is refused under the id that it came with, as it
/// was written.
#[test]
fn an_id_that_mcp_has_not() {
    let world = Sandbox::now();
    let mut client = session(&world);
    for id in ["1.5", "-0.5", "1e30", "18446744073709551615", "123456789012345678901234567890"] {
        client.send(format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"method\":\"ping\"}}"));
        let text = client.text();
        assert!(text.contains(&format!("\"id\":{id},")), "{id}: {text}");
        let answer: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(answer["error"]["code"], -32600, "{text}");
        assert!(text.contains("whole number"), "{text}");
    }
    for id in ["null", "true", "[1]", "{}"] {
        client.send(format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"method\":\"ping\"}}"));
        let answer = client.line();
        assert!(answer["id"].is_null() && answer["error"]["code"] == -32600, "{answer}");
    }
    assert_eq!(client.close(), (0, String::new()));
}

/// A client that reads no more: before there is a session, in it, and with calls that wait.
#[test]
fn nobody_takes_the_answers() {
    let world = Sandbox::later();
    world.fixture("qwen3_full", "m");
    let hello = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}});
    let begun = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let plan = |n: usize| call(&json!(n), "plan_deletion", &json!({"paths": ["m"]}));
    let many: Vec<String> = (2..200).map(plan).collect();
    for (greets, then) in [
        (false, hello.to_string()),
        (false, "garbage".to_owned()),
        (true, json!({"jsonrpc": "2.0", "id": 2, "method": "ping"}).to_string()),
        (true, "garbage".to_owned()),
        (true, many.join("\n")),
    ] {
        let mut command = world.command(&["mcp"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut input = child.stdin.take().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        if greets {
            writeln!(input, "{hello}\n{begun}").unwrap();
            out.read_line(&mut String::new()).unwrap();
        }
        drop(out);
        // It may be gone before all of it was taken.
        let _ = writeln!(input, "{then}");
        let start = Instant::now();
        let ended = loop {
            match child.try_wait().unwrap() {
                Some(status) => break Some(status),
                None if start.elapsed() > Duration::from_secs(20) => break None,
                None => std::thread::sleep(Duration::from_millis(20)),
            }
        };
        if ended.is_none() {
            child.kill().unwrap();
        }
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(ended.and_then(|status| status.code()), Some(1), "{then:.80}: {said}");
        assert!(said.contains("takes no answers"), "{said}");
        drop(input);
    }
}
