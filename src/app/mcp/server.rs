//! The protocol: the only file that names the SDK and its runtime. Lines come in on a thread of their
//! own and go out one at a time; each call runs on a thread of its own and reads clock, policy and disk
//! anew.

use std::collections::HashSet;
use std::io::{BufReader, stdin};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ClientJsonRpcMessage, ClientRequest,
    ContentBlock, ErrorData, Implementation, ListResourceTemplatesResult, ListResourcesResult,
    ListToolsResult, MetaObject, PaginatedRequestParams, ProgressNotificationParam,
    ReadResourceRequestParams, ReadResourceResponse, ReadResourceResult, RequestId, Resource,
    ResourceContents, ResourceTemplate, ServerCapabilities, ServerConfig, ServerJsonRpcMessage,
    ToolAnnotations,
};
use rmcp::service::{RequestContext, RoleServer, ServerInitializeError, serve_server};
use rmcp::transport::Transport;
use rmcp::{ServerHandler, model};
use serde::Serialize;
use serde_json::{Map, Value};
use tokio::sync::mpsc;

use super::call::{Said, call};
use super::tools::{INSTRUCTIONS, RESOURCES, TEMPLATES, TOOLS, Tool, resource};
use super::wrong::{Id, Wrong};
use crate::app::world::Client;
use crate::cli::VERSION;
use crate::sys::lines::{Line, line};
use crate::tell;

/// The methods that are answered.
const METHODS: &[&str] = &[
    "initialize",
    "ping",
    "resources/list",
    "resources/read",
    "resources/templates/list",
    "tools/call",
    "tools/list",
];
/// A longer line is refused.
const LONGEST: usize = 4 << 20;
/// So many messages wait.
const WAITING: usize = 64;
/// So many calls run at once; the others wait.
const AT_ONCE: usize = 4;
/// How often a client is told how far a look is.
const TELL: Duration = Duration::from_millis(500);

/// Serves until the standard input ends.
///
/// # Errors
/// Where the client takes no answers any more.
pub(super) fn serve() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .max_blocking_threads(AT_ONCE)
        .build()
        .context("the server cannot start")?;
    let (sender, receiver) = mpsc::channel(WAITING);
    let wake = sender.downgrade();
    std::thread::Builder::new()
        .name("lines".to_owned())
        .spawn(move || read(&sender))
        .context("the server cannot start")?;
    let open = Arc::new(Mutex::new(Open::default()));
    let lines = Lines { come: Arc::new(tokio::sync::Mutex::new(receiver)), open, wake };
    let acting = Arc::default();
    runtime.block_on(async {
        loop {
            let server = Server { acting: Arc::clone(&acting) };
            match serve_server(server, lines.clone()).await {
                Ok(running) => break running.waiting().await.map(drop).map_err(Into::into),
                // The input has ended before there was a session.
                Err(ServerInitializeError::ConnectionClosed(_)) => break anyhow::Ok(()),
                // What began in no way that there is has been answered; the next may begin better.
                Err(_) => lines.open().ids.clear(),
            }
        }
    })?;
    // A look is broken off; what puts back or writes is not.
    let _ended = acting.lock().unwrap_or_else(PoisonError::into_inner);
    runtime.shutdown_background();
    match lines.open().gone.take() {
        Some(error) => Err(error).context("the client takes no answers any more"),
        None => Ok(()),
    }
}

/// What comes in: a message, the answer to what is none, or nothing but a reason to look again.
enum Come {
    Message(Box<ClientJsonRpcMessage>),
    Wrong(Wrong),
    Wake,
}

/// Reads lines, and hands on what each is.
fn read(to: &mpsc::Sender<Come>) {
    let mut from = BufReader::new(stdin());
    while let Ok(Some(line)) = line(&mut from, LONGEST) {
        let come = match line {
            Line::Whole(line) if line.trim_ascii().is_empty() => continue,
            Line::Whole(line) => message(&line).map(Box::new),
            Line::TooLong => {
                Err(Wrong::new(-32600, format!("no line over {LONGEST} bytes is read"), None))
            }
        };
        if to.blocking_send(come.map_or_else(Come::Wrong, Come::Message)).is_err() {
            return;
        }
    }
}

/// The message of a line, or the answer to what is none.
fn message(line: &[u8]) -> Result<ClientJsonRpcMessage, Wrong> {
    let value: Value = serde_json::from_slice(line)
        .map_err(|error| Wrong::new(-32700, format!("the line is no JSON: {error}"), None))?;
    let id = Id::of(&value, line);
    let Ok(message) = serde_json::from_value(value) else {
        // JSON-RPC has numbers that MCP has not: what is asked under one is answered under it.
        let text = match &id {
            Some(id) if known(&id.value).is_none() => "in MCP an id is a text or a whole number",
            _ => "it is no message of JSON-RPC 2.0 as MCP has them",
        };
        return Err(Wrong::new(-32600, text, id));
    };
    // What is known by its method alone has other parameters than that method.
    if let ClientJsonRpcMessage::Request(request) = &message
        && let ClientRequest::CustomRequest(custom) = &request.request
    {
        let method = custom.method.as_str();
        return Err(if METHODS.contains(&method) {
            let text = format!("the parameters do not fit the method `{method}`");
            Wrong::new(-32602, text, id)
        } else {
            let method: String = tell::harmless(method).chars().take(100).collect();
            Wrong::new(-32601, format!("there is no method `{method}` here"), id)
        });
    }
    Ok(message)
}

/// An id as MCP knows it.
fn known(id: &Value) -> Option<RequestId> {
    serde_json::from_value(id.clone()).ok()
}

/// The lines of standard input and output.
#[derive(Clone)]
struct Lines {
    come: Arc<tokio::sync::Mutex<mpsc::Receiver<Come>>>,
    open: Arc<Mutex<Open>>,
    wake: mpsc::WeakSender<Come>,
}

/// What has no answer yet.
#[derive(Default)]
struct Open {
    /// The ids of these calls. One that was taken back keeps its own: it may run on, and what it says
    /// in the end must not be taken for the answer to another.
    ids: HashSet<RequestId>,
    /// Why nothing can be answered any more.
    gone: Option<std::io::Error>,
}

impl Lines {
    fn open(&self) -> std::sync::MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a line. Where nobody takes it, the session ends.
    fn say(&self, message: &impl Serialize) -> std::io::Result<()> {
        let said = serde_json::to_string(message)?;
        tell::message(&said).inspect_err(|error| {
            self.open().gone = Some(std::io::Error::new(error.kind(), error.to_string()));
            if let Some(wake) = self.wake.upgrade() {
                // Where it is full there is no need.
                let _ = wake.try_send(Come::Wake);
            }
        })
    }

    /// Whether a call may begin: none of its id waits for an answer.
    fn begin(&self, id: &RequestId) -> bool {
        self.open().ids.insert(id.clone())
    }
}

impl Transport<RoleServer> for Lines {
    type Error = std::io::Error;

    fn send(
        &mut self,
        item: ServerJsonRpcMessage,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        let answered = match &item {
            ServerJsonRpcMessage::Response(answer) => Some(&answer.id),
            ServerJsonRpcMessage::Error(answer) => answer.id.as_ref(),
            _ => None,
        };
        if let Some(id) = answered {
            self.open().ids.remove(id);
        }
        std::future::ready(self.say(&item))
    }

    async fn receive(&mut self) -> Option<ClientJsonRpcMessage> {
        loop {
            let come = self.come.lock().await.recv().await?;
            if self.open().gone.is_some() {
                return None;
            }
            let wrong = match come {
                Come::Wake => continue,
                Come::Message(message) => match &*message {
                    ClientJsonRpcMessage::Request(request) if !self.begin(&request.id) => {
                        let text = "a call of this id has no answer yet; this one is not begun";
                        Wrong::new(-32600, text, None)
                    }
                    _ => return Some(*message),
                },
                // The answer under this id is that of the call which came first.
                Come::Wrong(wrong) => match wrong.value.as_ref().and_then(known) {
                    Some(id) if self.open().ids.contains(&id) => wrong.unnamed(),
                    _ => wrong,
                },
            };
            let _ = self.say(&wrong);
        }
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        Ok(())
    }
}

/// What answers. It keeps nothing that an answer depends on.
struct Server {
    /// Held by what changes something on the disk at once, one call after the other.
    acting: Arc<Mutex<()>>,
}

impl Server {
    /// Runs it on a thread of its own, and tells meanwhile how far it is.
    async fn run(
        &self,
        words: Result<Vec<std::ffi::OsString>, String>,
        acts: bool,
        context: &RequestContext<RoleServer>,
    ) -> Result<Said, ErrorData> {
        let name = context.client_info().map(|info| info.name);
        let client = Client { name, ..Client::default() };
        let progress = Arc::clone(&client.progress);
        let (cancelled, acting) = (context.ct.clone(), Arc::clone(&self.acting));
        let mut work = tokio::task::spawn_blocking(move || {
            let _one = acts.then(|| acting.lock().unwrap_or_else(PoisonError::into_inner));
            // What was taken back before its turn came is not begun.
            (!cancelled.is_cancelled()).then(|| call(words, client))
        });
        let token = context.meta.get_progress_token();
        let mut told = 0;
        loop {
            if let Ok(done) = tokio::time::timeout(TELL, &mut work).await {
                let said =
                    done.map_err(|_| ErrorData::internal_error("it was broken off", None))?;
                return said.ok_or_else(|| ErrorData::invalid_request("it was cancelled", None));
            }
            let entries = progress.entries.load(std::sync::atomic::Ordering::Relaxed);
            if let Some(token) = token.clone().filter(|_| entries > told) {
                told = entries;
                let mut far = ProgressNotificationParam::new(token, entries as f64);
                far.message = Some(format!("looking: {entries} entries"));
                let _ = context.peer.notify_progress(far).await;
            }
        }
    }
}

fn described(tool: &Tool) -> model::Tool {
    let object = |value| match value {
        Value::Object(map) => Arc::new(map),
        _ => Arc::default(),
    };
    let hints = ToolAnnotations::with_title(tool.title)
        .read_only(tool.looks)
        .destructive(false)
        .idempotent(tool.again)
        .open_world(false);
    model::Tool::new(tool.name, tool.about, object((tool.schema)()))
        .with_title(tool.title)
        .with_raw_output_schema(object(tell::schema(tool.answers).unwrap_or_default()))
        .with_annotations(hints)
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let can = ServerCapabilities::builder().enable_tools().enable_resources().build();
        ServerConfig::new(can)
            .with_server_info(Implementation::new("safe-rm", VERSION))
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(TOOLS.iter().map(described).collect()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(tool) = TOOLS.iter().find(|tool| tool.name == request.name) else {
            let known: Vec<_> = TOOLS.iter().map(|tool| tool.name).collect();
            let name = tell::harmless(&request.name.chars().take(100).collect::<String>());
            let text = format!("there is no tool `{name}`; there are {}", known.join(", "));
            return Err(ErrorData::invalid_params(text, None));
        };
        let words = (tool.words)(request.arguments.unwrap_or_default());
        let acts = ["undo", "label_model"].contains(&tool.name);
        let said = self.run(words, acts, &context).await?;
        let mut result = CallToolResult::success(vec![ContentBlock::text(said.text.as_str())]);
        result.is_error = Some(said.is_error());
        result.structured_content = Some(said.document);
        let exit = Map::from_iter([("safe-rm/exit".to_owned(), said.exit.into())]);
        result.meta = Some(MetaObject(exit));
        Ok(result.into())
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let all = RESOURCES.iter().map(|(uri, name, about)| {
            Resource::new(*uri, *name).with_description(*about).with_mime_type("application/json")
        });
        Ok(ListResourcesResult::with_all_items(all.collect()))
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        let all = TEMPLATES.iter().map(|(uri, name, about)| {
            let template = ResourceTemplate::new(*uri, *name).with_description(*about);
            template.with_mime_type("application/json")
        });
        Ok(ListResourceTemplatesResult::with_all_items(all.collect()))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let Some(words) = resource(&request.uri) else {
            let text =
                "there is no such resource; resources/list and resources/templates/list say which";
            return Err(ErrorData::resource_not_found(text, None));
        };
        let said = self.run(Ok(words), false, &context).await?;
        if said.is_error() {
            let why = said.document["message"].as_str().unwrap_or_default().to_owned();
            return Err(ErrorData::invalid_params(why, Some(said.document)));
        }
        let text = tell::document(&said.document);
        let contents = ResourceContents::text(text, request.uri).with_mime_type("application/json");
        Ok(ReadResourceResult::new(vec![contents]).into())
    }
}
