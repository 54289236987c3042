internal import Transport
internal import VSphere

/// Does what a `ChangeCourse` says, step by step, until it ends.
final class CourseDriver {
    /// What sending needs; nil of `replied` means that it was given up.
    struct Hooks {
        /// Sends the request, once; the second parameter is how many requests that makes.
        var send: (_ attempts: Int, _ replied: @escaping (VSphereError?) -> Void) -> Void
        /// Told how it ended.
        var end: (ChangeCourse.Ending) -> Void
    }

    private(set) var course: ChangeCourse
    private let reader: StateReader
    private let multi: Multi
    private let hooks: Hooks
    private let shouldStop: () -> Bool
    private var timer: TimerID?
    private var isOver = false

    /// Makes a driver.
    /// - Parameters:
    ///   - course: What is to be done.
    ///   - reader: Asks the vCenter.
    ///   - multi: The loop.
    ///   - shouldStop: Whether nothing is to be sent again.
    ///   - hooks: What it calls.
    init(
        _ course: ChangeCourse,
        reader: StateReader,
        multi: Multi,
        shouldStop: @escaping () -> Bool = { false },
        hooks: Hooks
    ) {
        self.course = course
        self.reader = reader
        self.multi = multi
        self.shouldStop = shouldStop
        self.hooks = hooks
    }

    /// Begins.
    func start() { follow(course.begin(now: multi.now)) }

    /// Ends it where it is; `end` is not called.
    func cancel() {
        isOver = true
        if let timer { multi.cancel(timer) }
        reader.cancel()
    }

    private func follow(_ step: ChangeCourse.Step) {
        guard !isOver else { return }
        course.isStopping = shouldStop()
        switch step {
        case .send(let delay):
            delay > .zero ? later(delay) { self.send() } : send()
        case .read(let question):
            reader.read(question, for: course.intent) { [self] answer in
                course.serverTime = reader.vcenter.serverTime
                follow(course.took(answer, now: multi.now))
            }
        case .wait(let delay): later(delay) { self.follow(self.course.waited(now: self.multi.now)) }
        case .end(let ending):
            isOver = true
            hooks.end(ending)
        }
    }

    private func send() {
        hooks.send(course.attempts) { [self] error in
            guard !isOver else { return }
            course.isStopping = shouldStop()
            let isTransient = error?.kind == .transport || error?.kind == .timeout
            let reply = ReplyPolicy.Reply(error)
            follow(course.replied(reply, isTransient: isTransient, now: multi.now))
        }
    }

    private func later(_ delay: Duration, _ action: @escaping () -> Void) {
        timer = multi.after(delay) { [self] in
            timer = nil
            guard !isOver else { return }
            action()
        }
    }
}
