internal import CLuaHost

/// The meaning of an object in the arguments of a call that is not a host object.
///
/// `CLuaHost` passes such objects for Lua values that cannot be copied: host functions always,
/// the others only to functions whose arguments are copied leniently.
public enum StandIn: Sendable, Equatable {
    /// A host function, by the number it was defined under.
    case hostFunction(Int)
    /// A table that contains itself, at that place.
    case cycle
    /// A table below too many others.
    case tooDeep
    /// A function of the script or of Lua; its address distinguishes it from others.
    case function(UInt64)
    /// A coroutine.
    case coroutine(UInt64)
    /// A userdata of another library.
    case userdata(UInt64)
    /// A task, with its state.
    case task(TaskState)
    /// A value that has given its text, or before a table its name: the number of the text.
    case text(UInt64), name(UInt64)

    /// The state of a task.
    public enum TaskState: UInt64, Sendable {
        case ready, running, waiting, done, failed
        /// Its handle is being collected.
        case collected
    }

    /// Reads an object; nil for a host object.
    /// - Parameter object: Its kind and number, as `Value.object` returns them.
    public init?(_ object: (kind: UInt32, identifier: UInt64)) {
        switch object.kind {
        case VM_LUA_HOST_FUNCTION: self = .hostFunction(Int(truncatingIfNeeded: object.identifier))
        case VM_LUA_CYCLE: self = .cycle
        case VM_LUA_TOO_DEEP: self = .tooDeep
        case VM_LUA_FUNCTION: self = .function(object.identifier)
        case VM_LUA_COROUTINE: self = .coroutine(object.identifier)
        case VM_LUA_USERDATA: self = .userdata(object.identifier)
        case VM_LUA_TASK: self = .task(TaskState(rawValue: object.identifier) ?? .collected)
        case VM_LUA_TEXT: self = .text(object.identifier)
        case VM_LUA_NAMED: self = .name(object.identifier)
        default: return nil
        }
    }
}
