//! A client of `safe-rm mcp` that speaks in plain lines, well or badly.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::{Value, json};

use super::{BIN, Sandbox};

/// A server and its two ends.
pub struct Client {
    child: Child,
    input: Option<ChildStdin>,
    lines: Receiver<String>,
    /// Answers that nobody has asked for yet, by id.
    early: HashMap<String, Value>,
    next: u64,
}

impl Client {
    /// Starts one in a session of its own, so that there is no terminal.
    pub fn start(world: &Sandbox) -> Self {
        let command = world.command_of("setsid", &["--wait", BIN, "mcp"]);
        Self::of(command)
    }

    /// Starts this one.
    pub fn of(mut command: Command) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (sender, lines) = channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in out.lines() {
                let _ = sender.send(line.unwrap());
            }
        });
        let input = child.stdin.take();
        Self { child, input, lines, early: HashMap::new(), next: 0 }
    }

    /// Begins a session under this name.
    pub fn greet(&mut self, name: &str) -> Value {
        let params = json!({
            "protocolVersion": "2025-11-25",
            "capabilities": {"elicitation": {}, "sampling": {}, "roots": {}},
            "clientInfo": {"name": name, "version": "1"},
        });
        let answer = self.ask("initialize", &params);
        self.send(json!({"jsonrpc": "2.0", "method": "notifications/initialized"}).to_string());
        answer
    }

    /// Writes a line as it is.
    pub fn send(&mut self, line: impl AsRef<[u8]>) {
        let input = self.input.as_mut().unwrap();
        input.write_all(line.as_ref()).unwrap();
        input.write_all(b"\n").unwrap();
        input.flush().unwrap();
    }

    /// The next line as it is.
    pub fn text(&mut self) -> String {
        self.lines.recv_timeout(Duration::from_secs(30)).expect("an answer")
    }

    /// The next line, which is a message of the protocol like all of them.
    pub fn line(&mut self) -> Value {
        let line = self.text();
        let value: Value = serde_json::from_str(&line).unwrap_or_else(|e| panic!("{e}: {line}"));
        assert_eq!(value["jsonrpc"], "2.0", "{line}");
        value
    }

    /// Asks, and does not wait.
    pub fn begin(&mut self, method: &str, params: &Value) -> String {
        self.next += 1;
        let id = format!("q{}", self.next);
        let asked = json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params});
        self.send(asked.to_string());
        id
    }

    /// Waits for this answer.
    pub fn end(&mut self, id: &str) -> Value {
        loop {
            if let Some(answer) = self.early.remove(id) {
                return answer;
            }
            let line = self.line();
            assert!(line.get("method").is_none(), "it asks the client for something: {line}");
            self.early.insert(line["id"].as_str().unwrap_or("none").to_owned(), line);
        }
    }

    pub fn ask(&mut self, method: &str, params: &Value) -> Value {
        let id = self.begin(method, params);
        self.end(&id)
    }

    /// Calls a tool, and gives its result.
    pub fn call(&mut self, tool: &str, arguments: &Value) -> Value {
        let answer = self.ask("tools/call", &json!({"name": tool, "arguments": arguments}));
        answer.get("result").unwrap_or_else(|| panic!("{answer}")).clone()
    }

    /// Ends its input; its exit code, and what it has said besides the protocol.
    pub fn close(mut self) -> (i32, String) {
        drop(self.input.take());
        let output = self.child.wait_with_output().unwrap();
        (output.status.code().unwrap_or(-1), String::from_utf8(output.stderr).unwrap())
    }
}
