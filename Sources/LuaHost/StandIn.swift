internal import CLuaHost

/// What an object in the arguments of a call is when it is none of the host's.
///
/// `CLuaHost` puts such objects where Lua has a value that cannot be copied: a function of the host's always,
/// the others only for functions whose arguments are copied leniently.
public enum StandIn: Sendable, Equatable {
    /// One of the host's functions, by the number it was defined under.
    case hostFunction(Int)
    /// A table that contains itself, where it does.
    case cycle
    /// A table below too many others.
    case tooDeep
    /// A function of the script's or of Lua's; its address tells it from others.
    case function(UInt64)
    /// A coroutine.
    case coroutine(UInt64)
    /// A userdata of somebody else's.
    case userdata(UInt64)
    /// A task, in the state it is in.
    case task(TaskState)

    /// What a task is doing.
    public enum TaskState: UInt64, Sendable {
        case ready, running, waiting, done, failed
        /// Its handle is being collected.
        case collected
    }

    /// Reads an object; nil for one of the host's own.
    /// - Parameter object: Its kind and number, as `Value.object` gives them.
    public init?(_ object: (kind: UInt32, identifier: UInt64)) {
        switch object.kind {
        case VM_LUA_HOST_FUNCTION: self = .hostFunction(Int(truncatingIfNeeded: object.identifier))
        case VM_LUA_CYCLE: self = .cycle
        case VM_LUA_TOO_DEEP: self = .tooDeep
        case VM_LUA_FUNCTION: self = .function(object.identifier)
        case VM_LUA_COROUTINE: self = .coroutine(object.identifier)
        case VM_LUA_USERDATA: self = .userdata(object.identifier)
        case VM_LUA_TASK: self = .task(TaskState(rawValue: object.identifier) ?? .collected)
        default: return nil
        }
    }
}
