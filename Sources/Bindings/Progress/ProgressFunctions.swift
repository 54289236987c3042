internal import Buffers
internal import LuaHost
internal import Transport
internal import VSphere

extension FunctionSpec {
    /// `progress` and its object.
    static let progress: [FunctionSpec] = [
        FunctionSpec(
            "progress",
            "Shows on standard error how far a piece of work has come.",
            [
                Parameter(
                    "total",
                    "integer",
                    "how many steps it has; nil where nobody knows",
                    isOptional: true
                ),
                Parameter("title", "string", "what it is called", isOptional: true),
            ],
            returns: Result(
                "vmoon.progress",
                "an object with step and close: a bar on a terminal, elsewhere a line for each tenth"
            ),
            errors: ["usage"],
            example: """
                local items = listItems(findLibraries{ name = "golden" }[1])
                local bar <close> = progress(#items, "items")
                for _, id in ipairs(items) do
                  getItem(id)
                  bar:step()
                end
                """
        ) { runtime, call in
            runtime.answer(call) { () throws(VSphereError) in
                let arguments = Arguments(call, of: "progress")
                if let total = arguments[0], (total.integer ?? -1) < 0 {
                    throw arguments.misuse("total must be an integer from 0, or nil")
                }
                let title = arguments[1] == nil ? "progress" : try arguments.string(1, "title")
                runtime.putProgress(total: arguments[0]?.integer, title: title, into: call.result)
            }
        },
        FunctionSpec(
            "step",
            "Counts steps of a progress object as done.",
            [Parameter("count", "integer", "how many; 1 when it is left out", isOptional: true)],
            returns: Result("nil", "nothing"),
            errors: ["usage"],
            example: """
                local bar <close> = progress(10, "disks")
                bar:step()
                bar:step(9)
                """,
            receivers: [.progress],
            isGlobal: false
        ) { runtime, call in
            runtime.answer(call) { () throws(VSphereError) in
                let arguments = Arguments(call, of: "step")
                guard let object = arguments[0]?.object, let bar = runtime.bar(object) else {
                    throw arguments.misuse("must be called on a progress object, as it:step()")
                }
                if let count = arguments[1], count.integer == nil {
                    throw arguments.misuse("count must be an integer")
                }
                bar.step(arguments[1]?.integer ?? 1)
            }
        },
    ]
}

extension Runtime {
    fileprivate func putProgress(total: Int?, title: String, into result: ValueBuffer) {
        let meter = ProgressMeter(total: total, title: title, at: multi.now)
        let bar = ProgressBar(meter, terminal, clock: { [multi] in multi.now })
        result.put(object: ObjectKind.progress.rawValue, identifier: bars.add(bar))
        if configuration.columns() != nil { printAbove() }
    }

    fileprivate func bar(_ object: (kind: UInt32, identifier: UInt64)) -> ProgressBar? {
        object.kind == ObjectKind.progress.rawValue ? bars[object.identifier] : nil
    }
}
