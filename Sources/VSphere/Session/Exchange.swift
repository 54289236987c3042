public import Transport

/// Sends requests and keeps time: `Multi`, and in tests a script of answers.
///
/// Everything happens on one thread. A completion is called once, unless its transfer is cancelled, and
/// never before the function that took it has returned.
public protocol Exchange: AnyObject {
    /// Identifies a transfer that has been started.
    associatedtype TransferHandle: AnyObject
    /// Identifies a timer that has been set.
    associatedtype TimerHandle

    /// Starts a transfer.
    func start(
        _ request: Request,
        completion: @escaping (Result<Response, TransportError>) -> Void
    ) -> TransferHandle

    /// Cancels a transfer; its completion is not called.
    func cancel(_ transfer: TransferHandle)

    /// Calls an action after a delay.
    func after(_ delay: Duration, _ action: @escaping () -> Void) -> TimerHandle

    /// Forgets a timer; its action is not called.
    func cancel(_ timer: TimerHandle)
}

extension Multi: Exchange {}

/// An exchange without its associated types, so that its users need not be generic.
struct Wire {
    typealias Completion = (Result<Response, TransportError>) -> Void
    typealias Cancellation = () -> Void

    let start: (Request, @escaping Completion) -> AnyObject
    /// Cancels the transfer that `start` returned.
    let cancel: (AnyObject) -> Void
    let after: (Duration, @escaping () -> Void) -> Cancellation

    init<E: Exchange>(_ exchange: E) {
        start = { request, completion in exchange.start(request, completion: completion) }
        cancel = { transfer in
            guard let transfer = transfer as? E.TransferHandle else { return }
            exchange.cancel(transfer)
        }
        after = { delay, action in
            let timer = exchange.after(delay, action)
            return { exchange.cancel(timer) }
        }
    }
}
