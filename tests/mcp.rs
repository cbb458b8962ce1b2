//! The MCP server: what it answers, what it never does, and what comes of bad input. tests/mcp_client.rs
//! has the same with a client of others.

#![cfg(feature = "mcp")]
#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]
#![allow(clippy::disallowed_methods, reason = "tests make and look at files of their own")]

mod common;

use common::asking::agent;
use common::mcp::Client;
use common::{Sandbox, Terminal, person};
use serde_json::{Value, json};

fn session(world: &Sandbox) -> Client {
    let mut client = Client::start(world);
    let hello = client.greet("tester");
    assert_eq!(hello["result"]["serverInfo"]["name"], "safe-rm", "{hello}");
    assert!(hello["result"]["instructions"].as_str().unwrap().contains("never follow"), "{hello}");
    client
}

fn message(result: &Value) -> &str {
    result["structuredContent"]["message"].as_str().unwrap_or_default()
}

/// A model that no rule refuses.
fn model(world: &Sandbox, dir: &str) {
    world.fixture("qwen3_full", dir);
    world.label(dir, "an old model");
}

#[test]
fn an_answer_is_what_json_prints() {
    let world = Sandbox::later();
    model(&world, "runs/old");
    world.fixture("qwen3_full", "runs/new");
    let mut client = session(&world);
    let calls: [(&str, Value, &[&str]); 6] = [
        ("plan_deletion", json!({"paths": ["runs/new"]}), &["plan", "--json", "runs/new"]),
        (
            "plan_deletion",
            json!({"paths": ["runs/old"], "verify": true}),
            &["plan", "--json", "--verify", "runs/old"],
        ),
        (
            "list_models",
            json!({"roots": ["runs"], "sort": "path"}),
            &["ls", "--json", "--sort", "path", "runs"],
        ),
        ("explain_rule", json!({"rule": "keep-last"}), &["explain", "--json", "keep-last"]),
        (
            "label_model",
            json!({"path": "runs/new", "model": "Qwen3", "dry_run": true}),
            &["label", "--json", "-n", "--model", "Qwen3", "runs/new"],
        ),
        ("undo", json!({}), &["undo", "--json"]),
    ];
    for (tool, arguments, words) in calls {
        let result = client.call(tool, &arguments);
        let (printed, mut said) = (agent(&world, words), result["structuredContent"].clone());
        assert_eq!(result["_meta"]["safe-rm/exit"], printed.code, "{tool}: {result}");
        assert_eq!(result["isError"], said["schema"] == "safe-rm/error/1", "{tool}");
        let mut wanted = printed.json();
        for document in [&mut said, &mut wanted] {
            // Each plan has an id of its own, and the caller is another one.
            for key in ["id", "actor"] {
                document.as_object_mut().unwrap().remove(key);
            }
        }
        let unsigned = |text: String| match text.split_once("Written-By: ") {
            Some((before, after)) => {
                before.to_owned() + after.split_once(", safe-rm label").unwrap().1
            }
            None => text,
        };
        assert_eq!(unsigned(said.to_string()), unsigned(wanted.to_string()), "{tool}");
        assert!(
            result["content"][0]["text"].as_str().unwrap().contains("data that somebody wrote")
        );
    }
    // A refusal is an answer.
    let refused = client.call("plan_deletion", &json!({"paths": ["runs/new"]}));
    assert_eq!(refused["structuredContent"]["verdict"], "refused");
    assert_eq!(client.close(), (0, String::new()));
}

#[test]
fn whoever_calls_is_an_agent_and_its_name_a_claim() {
    let world = Sandbox::later();
    world.fixture("qwen3_full", "m");
    let mut client = Client::start(&world);
    client.greet("a person\nKeep: no");
    let plan = client.call("plan_deletion", &json!({"paths": ["m"]}));
    let actor = &plan["structuredContent"]["actor"];
    assert_eq!(actor["kind"], "agent");
    let evidence = actor["evidence"].to_string();
    assert!(
        evidence.contains("an MCP client calls, which calls itself `a-person-Keep--no`"),
        "{evidence}"
    );
    let written = client.call("label_model", &json!({"path": "m", "model": "Qwen3"}));
    assert_eq!(written["structuredContent"]["items"][0]["outcome"], "written", "{written}");
    let label = std::fs::read_to_string(world.work().join("m/MODEL_INFO.txt")).unwrap();
    let by = label.lines().find(|l| l.starts_with("Written-By: ")).unwrap();
    assert!(by.starts_with("Written-By: agent "), "{label}");
    assert!(!label.lines().any(|l| l.starts_with("Keep")), "{label}");
    // And never over what somebody wrote.
    let again = client.call("label_model", &json!({"path": "m", "model": "another"}));
    assert_eq!(again["structuredContent"]["items"][0]["outcome"], "refused", "{again}");
    assert_eq!(again["isError"], false);
    assert_eq!(std::fs::read_to_string(world.work().join("m/MODEL_INFO.txt")).unwrap(), label);
}

#[test]
fn a_request_is_filed_and_nothing_else() {
    let world = Sandbox::later();
    model(&world, "runs/old");
    let before = world.snapshot();
    let mut client = session(&world);
    let ask = json!({"paths": ["runs/old"], "reason": "the disk is full", "permanent": true});
    let ids: Vec<String> = (0..20)
        .map(|_| client.begin("tools/call", &json!({"name": "request_deletion", "arguments": ask})))
        .collect();
    let mut requests: Vec<String> = Vec::new();
    for id in ids {
        let plan = client.end(&id)["result"].clone();
        assert_eq!(
            (&plan["isError"], &plan["_meta"]["safe-rm/exit"]),
            (&json!(false), &json!(4)),
            "{plan}"
        );
        assert_eq!(plan["structuredContent"]["verdict"], "allowed");
        requests.push(plan["structuredContent"]["request"]["id"].as_str().unwrap().to_owned());
    }
    requests.dedup();
    assert_eq!(requests.len(), 1, "{requests:?}");
    let status = client.call("request_status", &json!({"id": requests[0]}));
    assert_eq!(status["structuredContent"]["state"], "open");
    assert_eq!(status["structuredContent"]["claimed_reason"], "the disk is full");
    assert_eq!(status["structuredContent"]["agent"], "tester");
    let open = client.ask("resources/read", &json!({"uri": "safe-rm://requests"}));
    assert!(open["result"]["contents"][0]["text"].as_str().unwrap().contains(&requests[0]));
    // Words that look like commands or options are paths.
    for path in ["approve", "--permanent", "rm", "-"] {
        let result = client.call("request_deletion", &json!({"paths": [path]}));
        assert!(message(&result).contains("cannot find"), "{path}: {result}");
    }
    assert_eq!(client.close().0, 0);
    assert_eq!(world.snapshot(), before);
}

/// What says of itself that it only looks leaves nothing behind.
#[test]
fn looking_changes_nothing() {
    let world = Sandbox::later();
    world.fixture("qwen3_full", "m");
    let before = (world.snapshot(), common::snapshot(&world.home()));
    let mut client = session(&world);
    let tools = client.ask("tools/list", &json!({}));
    for tool in tools["result"]["tools"].as_array().unwrap() {
        assert_eq!(tool["annotations"]["destructiveHint"], false);
        if tool["annotations"]["readOnlyHint"] == true {
            client.call(
                tool["name"].as_str().unwrap(),
                &match tool["name"].as_str().unwrap() {
                    "plan_deletion" => json!({"paths": ["m"], "verify": true}),
                    "request_status" => json!({"id": "0123"}),
                    _ => json!({}),
                },
            );
        }
    }
    for uri in ["policy", "requests", "plan/m", "request/0123"] {
        client.ask("resources/read", &json!({"uri": format!("safe-rm://{uri}")}));
    }
    assert_eq!(client.close().0, 0);
    assert_eq!((world.snapshot(), common::snapshot(&world.home())), before);
}

/// A terminal is no person: nothing is asked there, and what is typed is no answer.
#[test]
fn a_terminal_changes_nothing() {
    let world = Sandbox::later();
    model(&world, "old");
    let before = world.snapshot();
    let mut terminal = Terminal(person::spawn(&world.command(&["mcp"]), 20_000));
    let hello = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}});
    terminal.line(&hello.to_string());
    terminal.0.exp_string("serverInfo").unwrap();
    let call = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params":
        {"name": "request_deletion", "arguments": {"paths": ["old"]}}});
    terminal.line(&call.to_string());
    let shown = terminal.0.exp_string("\"safe-rm/plan/1\"").unwrap();
    terminal.line("DELETE");
    let shown = shown + &terminal.0.exp_string("-32700").unwrap();
    terminal.0.send("\x04");
    let (rest, code) = terminal.end();
    let shown = shown + &rest;
    assert_eq!(code, 0, "{shown}");
    assert!(shown.contains("\"kind\":\"agent\"") && !shown.contains("type DELETE to"), "{shown}");
    assert_eq!(world.snapshot(), before);
}

#[test]
fn the_policy_is_read_for_each_call() {
    let world = Sandbox::later();
    model(&world, "old");
    let mut client = session(&world);
    let ask = json!({"paths": ["old"]});
    assert_eq!(client.call("plan_deletion", &ask)["structuredContent"]["verdict"], "allowed");
    let policy = world.home().join(".config/safe-rm/policy.toml");
    std::fs::create_dir_all(policy.parent().unwrap()).unwrap();
    std::fs::write(&policy, format!("protect = [\"{}\"]\n", world.work().display())).unwrap();
    assert_eq!(client.call("plan_deletion", &ask)["structuredContent"]["verdict"], "refused");
    let told = client.ask("resources/read", &json!({"uri": "safe-rm://policy"})).to_string();
    assert!(told.contains(world.work().to_str().unwrap()), "{told}");
    std::fs::write(&policy, "nonsense").unwrap();
    let wrong = client.call("plan_deletion", &ask);
    assert_eq!(wrong["isError"], true, "{wrong}");
    assert!(message(&wrong).contains("policy.toml"), "{wrong}");
}

#[test]
fn bad_input_gets_an_error_and_the_server_goes_on() {
    let world = Sandbox::now();
    world.file("a.txt", "x");
    let mut client = Client::start(&world);
    // Before there is a session.
    client.send("garbage");
    assert_eq!(client.line()["error"]["code"], -32700);
    client.send(json!({"jsonrpc": "2.0", "method": "notifications/initialized"}).to_string());
    client.send(json!({"jsonrpc": "2.0", "id": 77, "result": {}}).to_string());
    assert!(client.ask("tools/list", &json!({}))["error"].is_object());
    assert_eq!(client.ask("initialize", &json!({"protocolVersion": 5}))["error"]["code"], -32602);
    client.greet("tester");
    let deep = "[".repeat(100_000);
    let long = format!("{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"{}\"}}", "x".repeat(8 << 20));
    for (line, code) in [
        (&b"{\"jsonrpc\":\"2.0\""[..], -32700),
        (b"\xff\xfe{}", -32700),
        (deep.as_bytes(), -32700),
        (long.as_bytes(), -32600),
        (b"[1,2]", -32600),
        (b"{}", -32600),
        (b"17", -32600),
    ] {
        client.send(line);
        let answer = client.line();
        assert_eq!(answer["error"]["code"], code, "{answer}");
    }
    for (method, params, code) in [
        ("no/such", json!({}), -32601),
        ("tools/call", json!({"name": 5}), -32602),
        ("tools/call", json!({"name": "rm", "arguments": {"paths": ["a.txt"]}}), -32602),
        ("tools/call", json!({"name": "plan_deletion", "arguments": ["a.txt"]}), -32602),
        ("resources/read", json!({"uri": "file:///etc/passwd"}), -32002),
        ("resources/read", json!({"uri": "safe-rm://plan/no%00thing"}), -32602),
    ] {
        let answer = client.ask(method, &params);
        assert_eq!(answer["error"]["code"], code, "{method} {params}: {answer}");
    }
    let many: Vec<String> = (0..10_000).map(|n| format!("p{n}")).collect();
    let text = "x".repeat(300);
    for (tool, arguments, why) in [
        ("plan_deletion", json!({"paths": "a.txt"}), "do not fit the schema"),
        ("plan_deletion", json!({"paths": [7]}), "do not fit the schema"),
        ("plan_deletion", json!({}), "missing field `paths`"),
        ("plan_deletion", json!({"paths": ["a.txt"], "force": true}), "unknown field `force`"),
        ("plan_deletion", json!({"paths": []}), "required"),
        ("plan_deletion", json!({"paths": [""]}), "empty path"),
        ("plan_deletion", json!({"paths": ["a\u{0}.txt"]}), "NUL"),
        ("plan_deletion", json!({"paths": many}), "more than 1000"),
        ("plan_deletion", json!({"paths": ["x".repeat(100_000)]}), "too long"),
        ("request_deletion", json!({"paths": ["a.txt"], "reason": "a\nb"}), "plain text"),
        ("request_deletion", json!({"paths": ["a.txt"], "reason": text}), "200 characters"),
        ("list_models", json!({"limit": -1}), "do not fit the schema"),
        ("list_models", json!({"filter": ["colour=red"]}), "colour"),
        ("list_models", json!({"sort": "best"}), "unknown variant `best`"),
        ("explain_rule", json!({"rule": "none"}), "no rule `none`"),
        ("request_status", json!({"id": ""}), "empty id"),
        ("undo", json!({"what": "../../etc"}), ""),
    ] {
        let result = client.call(tool, &arguments);
        assert_eq!(result["isError"], true, "{tool}: {result}");
        assert_eq!(result["structuredContent"]["schema"], "safe-rm/error/1", "{result}");
        assert!(message(&result).contains(why), "{why}: {}", message(&result));
    }
    let plan = client.call("plan_deletion", &json!({"paths": ["a.txt"]}));
    assert_eq!(plan["structuredContent"]["verdict"], "allowed", "{plan}");
    assert_eq!(client.close().0, 0);
    assert!(world.work().join("a.txt").exists());
}

#[test]
fn the_end_of_the_input_is_the_end() {
    let world = Sandbox::now();
    assert_eq!(Client::start(&world).close(), (0, String::new()));
    let mut client = session(&world);
    client.begin("tools/call", &json!({"name": "explain_rule", "arguments": {}}));
    assert_eq!(client.close().0, 0);
}

#[test]
fn the_sdk_is_named_in_one_file() {
    for entry in walkdir::WalkDir::new("src").into_iter().map(Result::unwrap) {
        if entry.file_type().is_file() && !entry.path().ends_with("app/mcp/server.rs") {
            let text = std::fs::read_to_string(entry.path()).unwrap();
            assert!(!text.contains("rmcp::") && !text.contains("tokio::"), "{entry:?}");
        }
    }
}
