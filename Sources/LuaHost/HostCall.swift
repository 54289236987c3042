public import Buffers
internal import CLuaHost

/// The outcome of a call from Lua.
public enum Verdict: Sendable {
    /// The result buffer has the values that the function returns, one after another.
    case returned
    /// The result buffer has one error, to be raised.
    case raised
    /// Not known yet; `HostCall.complete(_:)` will be called.
    case waiting
}

/// One call from Lua into the host, from its arguments to its verdict.
///
/// Calls are pooled: after the verdict the object serves another call. One thread owns them all.
public final class HostCall {
    /// The arguments, one value after another.
    public let arguments: ValueBuffer
    /// The results, or the error: empty when the call begins.
    public let result: ValueBuffer
    /// An object of the host for a waiting call, so that it can be abandoned.
    public var pending: AnyObject?

    private let pointer: UnsafeMutablePointer<vm_lua_call>

    /// The number that `Interpreter.setStep` gave to the task of the call; nil for none.
    public var step: UInt32? { pointer.pointee.step == 0 ? nil : pointer.pointee.step }
    /// Whether that was given to the task that started it, or to one further up.
    public var inheritsStep: Bool { pointer.pointee.inherits_step }

    /// Whether the coroutine in which it was given is suspended: then this call is not part of it.
    public var isBesideStep: Bool { pointer.pointee.is_beside_step }

    init(_ pointer: UnsafeMutablePointer<vm_lua_call>) {
        self.pointer = pointer
        arguments = ValueBuffer(borrowing: vm_lua_arguments_of(pointer))
        result = ValueBuffer(borrowing: vm_lua_result_of(pointer))
    }

    /// Says that the host keeps so many bytes more for the script, about.
    ///
    /// Nothing is counted by it: it tells when to measure.
    public func keeps(_ bytes: Int) { pointer.pointee.kept += max(bytes, 0) }

    /// Completes a call that waits.
    ///
    /// Its task continues when the loop next turns.
    /// - Parameters:
    ///   - verdict: `.returned` or `.raised`; the result buffer is filled accordingly.
    ///   - stands: Whether the verdict counts even if it is no longer wanted: it is the outcome of a change,
    ///     and the script gets it before it learns that it has to stop.
    public func complete(_ verdict: Verdict, stands: Bool = false) {
        pending = nil
        vm_lua_complete(pointer, verdict.raw, stands)
    }
}

extension Verdict {
    var raw: vm_lua_verdict {
        switch self {
        case .returned: VM_LUA_RETURN
        case .raised: VM_LUA_RAISE
        case .waiting: VM_LUA_WAIT
        }
    }
}

/// The functions that an interpreter calls.
///
/// Every function is a leaf: it must not run Lua. `HostCall.complete(_:)` may be called from all of them.
public protocol InterpreterHost: AnyObject {
    /// Lua called the function that was defined under this number.
    func call(_ function: Int, _ call: HostCall) -> Verdict
    /// Waits until a call was completed or the interpreter was interrupted; only checks if not
    /// `blocking`.
    func wait(blocking: Bool)
    /// The verdict of this waiting call is not wanted any more.
    ///
    /// It is to be completed soon; a call that changes something, when its outcome is
    /// known.
    func abandon(_ call: HostCall)
    /// A property of a host object is read; for an unknown one nothing is written.
    func property(_ name: String, ofKind kind: UInt32, identifier: UInt64, into result: ValueBuffer)
    /// No script refers to this host object any more.
    func release(kind: UInt32, identifier: UInt64)
    /// The run has interrupted itself, by `os.exit` or because the reader of its output has gone: it has to end.
    func interrupted(reason: Int)
    /// The main chunk has called `os.exit`, and tasks are over: ends the process with this status.
    func exit(status: Int)
}
