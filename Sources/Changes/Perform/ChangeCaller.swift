public import Buffers
public import VSphere

/// Whoever asked for a change and waits for its verdict.
public protocol ChangeCaller: AnyObject {
    /// Whether it has its answer; what comes later is not for it.
    var isOver: Bool { get }
    /// Whether nobody wants the answer any more: then nothing is sent again.
    var isAbandoned: Bool { get set }
    /// Whether the change may be on its way: then it is waited for.
    var isShielded: Bool { get set }

    /// Told that the outcome is not known, before the disk has that.
    func leftOpen(_ identifier: String)

    /// Told the verdict, once.
    /// - Parameters:
    ///   - result: The identifier of what was made; nil for nothing.
    ///   - error: Why it was not done, or is not known.
    func ended(_ result: Value?, _ error: VSphereError?)
}
