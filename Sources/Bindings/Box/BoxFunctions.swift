internal import Buffers
internal import Changes
internal import LuaHost
internal import Text
internal import Transport
internal import VSphere

/// The host functions that the Lua parts of the box call.
///
/// These are no functions of the API: they have no description, and scripts do not find them.
let boxFunctions: [(name: String, body: FunctionSpec.Body)] = [
    ("box.item", { runtime, call in runtime.makeItem(call) }),
    ("box.path", { runtime, call in runtime.findPath(call) }),
    ("box.options", { runtime, call in runtime.readOptions(call) }),
    (
        "box.part",
        { _, call in
            call.result.put(boxPart(call.arguments.root?.string ?? ""))
            return .returned
        }
    ),
    (
        // The time that passes, of a dry run too.
        "box.clock",
        { runtime, call in
            let now = Timestamp(runtime.multi.now + runtime.virtualTime.passed)
            call.result.put(now.number)
            return .returned
        }
    ),
    (
        // How many changes were left with an unknown outcome so far.
        "box.doubts",
        { runtime, call in
            call.result.put(runtime.doubtCount)
            return .returned
        }
    ),
    (
        "box.span",
        { _, call in
            let seconds = call.arguments.root?.number ?? 0
            call.result.put(SpanText.spelled(.milliseconds(Int64(seconds * 1000))))
            return .returned
        }
    ),
    (
        "box.shown",
        { _, call in
            call.result.put(Display.name(call.arguments.root?.string ?? ""))
            return .returned
        }
    ),
    (
        "box.nearest",
        { _, call in
            let values = call.arguments.values
            let names = values.last?.elements.compactMap(\.string) ?? []
            if let near = Suggestion.nearest(to: values.first?.string ?? "", among: names) {
                call.result.put(near)
            } else {
                call.result.putNil()
            }
            return .returned
        }
    ),
    (
        // A line of the plan for what is only waited for, and what stands for it.
        "box.planned",
        { runtime, call in
            let words = call.arguments.values.map { $0.string ?? "" }
            let stand = runtime.changes.plan.add(
                words.first ?? "",
                about: words.last ?? "",
                isChanging: false
            )
            call.result.put(stand)
            return .returned
        }
    ),
]
