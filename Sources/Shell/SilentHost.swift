internal import Buffers
internal import LuaHost

/// The host of an interpreter without the functions of the API.
final class SilentHost: InterpreterHost {
    func call(_ function: Int, _ call: HostCall) -> Verdict { .returned }
    func wait(blocking: Bool) {}
    func abandon(_ call: HostCall) { call.complete(.returned) }
    func property(
        _ name: String,
        ofKind kind: UInt32,
        identifier: UInt64,
        into result: ValueBuffer
    ) {}
    func release(kind: UInt32, identifier: UInt64) {}
    func interrupted(reason: Int) {}
    func exit(status: Int) {}
}
