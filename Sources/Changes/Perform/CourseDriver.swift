internal import VSphere

/// Carries out the steps of a `ChangeCourse` until it ends.
final class CourseDriver {
    /// The functions it calls; `replied` takes the error of the attempt, nil for a success.
    struct Hooks {
        /// Sends the request once; the first parameter is the number of requests including this one.
        var send: (_ attempts: Int, _ replied: @escaping (VSphereError?) -> Void) -> Void
        /// Called with how it ended.
        var end: (ChangeCourse.Ending) -> Void
    }

    private(set) var course: ChangeCourse
    private let reader: StateReader
    private let loop: any ChangeLoop
    private let hooks: Hooks
    private let shouldStop: () -> Bool
    private var timer: ChangeLoop.Cancellation?
    private var isOver = false

    /// Makes a driver.
    /// - Parameters:
    ///   - course: The course to follow.
    ///   - reader: Asks the vCenter.
    ///   - loop: The loop.
    ///   - shouldStop: Whether nothing may be sent again.
    ///   - hooks: The functions it calls.
    init(
        _ course: ChangeCourse,
        reader: StateReader,
        loop: any ChangeLoop,
        shouldStop: @escaping () -> Bool = { false },
        hooks: Hooks
    ) {
        self.course = course
        self.reader = reader
        self.loop = loop
        self.shouldStop = shouldStop
        self.hooks = hooks
    }

    /// Starts.
    func start() { follow(course.begin(now: loop.now)) }

    /// Stops at the current step; `end` is not called.
    func cancel() {
        isOver = true
        timer?()
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
                follow(course.took(answer, now: loop.now))
            }
        case .wait(let delay): later(delay) { self.follow(self.course.waited(now: self.loop.now)) }
        case .end(let ending):
            isOver = true
            hooks.end(ending)
        }
    }

    private func send() {
        hooks.send(course.attempts) { [self] error in
            guard !isOver else { return }
            course.isStopping = shouldStop()
            follow(course.replied(.init(error), error?.kind, now: loop.now))
        }
    }

    private func later(_ delay: Duration, _ action: @escaping () -> Void) {
        timer = loop.after(delay) { [self] in
            timer = nil
            guard !isOver else { return }
            action()
        }
    }
}
