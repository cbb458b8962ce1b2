//! A build without the MCP server says so, and has all the rest.

#![cfg(not(feature = "mcp"))]

mod common;

use common::Sandbox;

#[test]
fn it_says_that_it_has_no_server() {
    let world = Sandbox::now();
    let answer = world.run(&["mcp"]);
    assert_eq!((answer.code, answer.out.as_str()), (1, ""), "{answer:?}");
    assert!(answer.said().contains("built without the feature `mcp`"), "{answer:?}");
    assert!(answer.said().contains("safe-rm plan --json"), "{answer:?}");
    assert_eq!(world.run(&["schema", "plan"]).code, 0);
}
