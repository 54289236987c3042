public import Buffers
public import VSphere

/// The caller that asked for a change and waits for its verdict.
public protocol ChangeCaller: AnyObject {
    /// Whether it has its answer; later ones are ignored.
    var isOver: Bool { get }
    /// Whether the caller does not want the answer any more: then nothing is sent again.
    var isAbandoned: Bool { get set }
    /// Whether the change may have been sent: then it is waited for.
    var isShielded: Bool { get set }

    /// Called when the outcome is unknown, before that is on the disk.
    func leftOpen(_ identifier: String)

    /// Called once with the verdict.
    /// - Parameters:
    ///   - result: The identifier of the new object; nil for none.
    ///   - error: Why it was not done, or why the outcome is unknown.
    func ended(_ result: Value?, _ error: VSphereError?)
}
