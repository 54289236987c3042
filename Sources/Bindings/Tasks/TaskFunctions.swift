internal import Buffers
internal import LuaHost
internal import Transport
internal import VSphere

extension FunctionSpec {
    /// The functions for concurrent tasks and for waiting.
    static let tasks: [FunctionSpec] = [
        FunctionSpec(
            "parallel",
            "Calls a function for every item of a list, many at once.",
            [
                Parameter(
                    "list",
                    "any[]|table|function",
                    "a list, or an iterator that gives nil at its end"
                ),
                Parameter("fn", "fun(value: any, index: integer): any", "called for each item"),
                Parameter(
                    "options",
                    "{limit: integer?, errors: (\"stop\"|\"collect\")?}",
                    "limit: how many at once (--limit); errors: \"stop\" raises the first error, "
                        + "\"collect\" goes on",
                    isOptional: true
                ),
            ],
            returns: Result(
                "table, table<integer, any>",
                "the results in the order of the list, with n; and the errors by index"
            ),
            errors: ["usage"],
            example: """
                local items = { "golden/ubuntu-22.04", "golden/rhel-9", "golden/debian-12" }
                local latest = parallel(items, function(path) return item(path):latest() end)
                for i = 1, latest.n do print(items[i], latest[i]) end
                """,
            waits: true,
            body: nil
        ),
        FunctionSpec(
            "spawn",
            "Starts a task: a function that runs beside the script.",
            [
                Parameter("fn", "function", "what to run; it begins when the script next waits"),
                Parameter("...", "any", "its arguments", isOptional: true),
            ],
            returns: Result(
                "vmoon.task",
                "an object with the methods join and cancel"
            ),
            example: """
                local task = spawn(function(path) return item(path):latest() end, "golden/rhel-9")
                print(task:join())
                """,
            body: nil
        ),
        FunctionSpec(
            "join",
            "Waits for the end of a task.",
            returns: Result("any", "what its function returned; what it raised is raised again"),
            errors: ["cancelled", "usage"],
            example: """
                local first = spawn(function() return getVM(listVMs()[1].vm).name end)
                local second = spawn(function() return #listLibraries() end)
                print(first:join(), second:join())
                """,
            receivers: [.task],
            isGlobal: false,
            waits: true,
            body: nil
        ),
        FunctionSpec(
            "cancel",
            "Stops a task, once: what it waits for raises kind cancelled; "
                + "a change in flight is let finish, and the task gets its result first.",
            returns: Result(
                "nil",
                "nothing; a task that has ended or is cleaning up stays as it is"
            ),
            example: """
                local task = spawn(function() sleep(3600) end)
                task:cancel()
                print(pcall(task.join, task))
                """,
            receivers: [.task],
            isGlobal: false,
            body: nil
        ),
        FunctionSpec(
            "sleep",
            "Waits; other tasks go on meanwhile. A dry run does not wait: the time that time.now and os.time "
                + "tell passes at once.",
            [Parameter("seconds", "number", "how long, fractions too")],
            returns: Result("nil", "nothing"),
            errors: ["usage"],
            example: "sleep(0.01)",
            waits: true
        ) { runtime, call in
            guard let seconds = call.arguments.root?.number, seconds >= 0, seconds < 1e9 else {
                let error = VSphereError(
                    .usage,
                    "seconds must be a number from 0 to below 1e9 (about 31 years)",
                    operation: "sleep",
                    hint: "time.duration(\"1h30m\") gives seconds"
                )
                return runtime.raise(error, in: call)
            }
            return runtime.waits(call) { pending in
                runtime.pass(.seconds(seconds), pending, "sleep") { runtime.finish(pending, nil) }
            }
        },
    ]
}
