internal import Buffers
internal import Text
internal import Transport

/// A call between `perform` and its completion: the handle for cancelling it.
public final class PendingCall {
    enum State {
        /// It waits for a session or for its turn.
        case queued
        /// Its request has been sent.
        case sent(AnyObject)
        /// It waits for its next attempt.
        case waiting(cancel: Wire.Cancellation)
        /// Its completion was called, or is about to be.
        case finished
    }

    /// The call.
    public let call: Call
    /// The vCenter that is asked.
    public let vcenter: VCenter
    let result: ValueBuffer
    var completion: ((VSphereError?) -> Void)?
    var state = State.queued
    /// The URL and the body as first sent: the same bytes every time, except in the other
    /// dialect.
    var url: ByteBuffer?
    var body: ByteBuffer?
    /// Its form as JSON-RPC, if that is how it is sent.
    var remote: Call.Remote?
    // Thousands of calls may wait: numbers are as small as they can be. Times are nanoseconds, negative before that.
    private var firstSent: Int64 = -1
    private var lastSent: Int64 = -1
    var attempts: Int32 = 0
    /// The session it was last sent in.
    var generation: Int32 = 0
    /// Its index among the calls that are under way; -1 while it is queued.
    var place: Int32 = -1
    /// How many of the attempts got no answer at all.
    var unanswered: Int16 = 0
    private var lastStatus: Int16 = 0
    /// The dialect it is encoded in; nil before that.
    var dialect: Dialect?
    /// Whether the other dialect has no such route.
    var hasTurned = false
    var hasRenewed = false
    /// Whether it only explains something, and is sent once.
    var isAside = false
    /// Whether the date of its answer is wanted.
    var tellsTime = false
    /// Its place in the trace of the run.
    var span: Span?

    init(
        _ call: Call,
        at vcenter: VCenter,
        into result: ValueBuffer,
        completion: @escaping (VSphereError?) -> Void
    ) {
        self.call = call
        self.vcenter = vcenter
        self.result = result
        self.completion = completion
    }

    /// When it was first sent.
    var startedAt: Duration? {
        get { firstSent < 0 ? nil : .nanoseconds(firstSent) }
        set { firstSent = newValue?.wholeNanoseconds ?? -1 }
    }

    /// When it was last sent.
    var sentAt: Duration {
        get { .nanoseconds(max(lastSent, 0)) }
        set { lastSent = newValue.wholeNanoseconds }
    }

    /// The HTTP status of the last answer that came.
    public internal(set) var status: Int? {
        get { lastStatus == 0 ? nil : Int(lastStatus) }
        set { lastStatus = Int16(clamping: newValue ?? 0) }
    }

    var isFinished: Bool { if case .finished = state { true } else { false } }
}

/// Calls waiting for their turn, first in, first out.
struct CallQueue {
    /// Calls that were taken leave a gap: the verdict frees them, not the queue.
    private var calls: [PendingCall?] = []
    private var head = 0

    var isEmpty: Bool { head == calls.count }

    mutating func append(_ call: PendingCall) { calls.append(call) }

    /// Puts a call that was already taken before all others.
    mutating func prepend(_ call: PendingCall) {
        guard head > 0 else { return calls.insert(call, at: 0) }
        head -= 1
        calls[head] = call
    }

    /// Takes the next call that was not cancelled.
    mutating func next() -> PendingCall? {
        while head < calls.count {
            let call = calls[head].take()
            head += 1
            if head == calls.count {
                calls.removeAll(keepingCapacity: true)
                head = 0
            } else if head > 1024, head * 2 > calls.count {
                calls.removeFirst(head)
                head = 0
            }
            if let call, !call.isFinished { return call }
        }
        return nil
    }
}
