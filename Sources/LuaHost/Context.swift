internal import CLuaHost

/// The object behind the `context` of C's callbacks.
///
/// The interpreter keeps it alive.
final class Context {
    unowned let host: any InterpreterHost
    /// Whether the host is there: it may end first, and what it has defined is released after it.
    var hasHost = true

    init(_ host: any InterpreterHost) { self.host = host }

    private static func at(_ context: UnsafeMutableRawPointer?) -> Context {
        guard let context else { preconditionFailure("a callback without its context") }
        return Unmanaged<Context>.fromOpaque(context).takeUnretainedValue()
    }

    private static func call(_ raw: UnsafeMutablePointer<vm_lua_call>?) -> HostCall {
        guard let owner = raw?.pointee.owner else {
            preconditionFailure("a call without its owner")
        }
        return Unmanaged<HostCall>.fromOpaque(owner).takeUnretainedValue()
    }

    /// The callbacks, all leaves; `call_made` retains an object that `call_freed` releases.
    static var callbacks: vm_lua_callbacks {
        var callbacks = vm_lua_callbacks()
        callbacks.call_made = { _, raw in
            guard let raw else { return nil }
            return Unmanaged.passRetained(HostCall(raw)).toOpaque()
        }
        callbacks.call_freed = { owner in
            guard let owner else { return }
            Unmanaged<HostCall>.fromOpaque(owner).release()
        }
        callbacks.call = { context, function, raw in
            Context.at(context).host.call(Int(function), Context.call(raw)).raw
        }
        callbacks.wait = { context, block in Context.at(context).host.wait(blocking: block) }
        callbacks.abandon = { context, raw in Context.at(context).host.abandon(Context.call(raw)) }
        callbacks.property = { context, kind, identifier, name, length, raw in
            let text = UnsafeRawBufferPointer(start: name, count: length)
            Context.at(context).host.property(
                String(decoding: text, as: UTF8.self),
                ofKind: kind,
                identifier: identifier,
                into: Context.call(raw).result
            )
        }
        callbacks.release = { context, kind, identifier in
            let context = Context.at(context)
            if context.hasHost { context.host.release(kind: kind, identifier: identifier) }
        }
        callbacks.interrupted = { context, reason in
            Context.at(context).host.interrupted(reason: Int(reason))
        }
        callbacks.exit = { context, status in Context.at(context).host.exit(status: Int(status)) }
        return callbacks
    }
}
