import Buffers
import JSON
import Testing

@testable import Changes
@testable import VSphere

/// A refusal may be that of a second request, which something on the way made of the only one that was sent.
@Suite struct RefusalTests {
    @Test func `a refusal of what was done already is seen through`() {
        var intent = ChangeIntent(.rollback, identifier: "op", item: "i", user: "u")
        intent.version = "1"
        var course = ChangeCourse(intent, limits: .init(settle: .zero, resends: 1))
        #expect(course.begin(now: .zero) == .send(after: .zero))
        #expect(course.replied(.refused, now: .zero) == .read(.history))
        var refused = course
        #expect(refused.took(.history(.read([])), now: .zero) == .end(.failed))
        // A look that fails tells nothing.
        var blind = course
        #expect(blind.took(.history(.failed("x")), now: .zero) == .read(.state))
        let unread = ChangeVerdict.unknown(.unreadable("x"))
        #expect(blind.took(.state(.failed("x")), now: .zero) == .end(.settled(unread)))
        let message = OperationToken.message("m", marked: "op")
        let own = Observation.Change("3", time: "t", user: "u", message: message)
        #expect(course.took(.history(.read([own])), now: .zero) == .read(.state))
        let versions = [Observation.Version("3", template: "vm-1")]
        let state = Observation.State(latest: "3", versions: versions, checkOuts: [])
        #expect(
            course.took(.state(.read(state)), now: .zero)
                == .end(.settled(.done(result: "3", supersededBy: nil)))
        )
    }

    @Test func `a refusal of what was deleted already is seen through`() {
        var intent = ChangeIntent(.deleteVersion, identifier: "op", item: "i", user: "u")
        intent.version = "1"
        for holder in [nil, "vm-1"] {
            intent.holder = holder
            var course = ChangeCourse(intent, limits: .init(settle: .zero, resends: 1))
            _ = course.begin(now: .zero)
            let step = course.replied(.refused, now: .zero)
            guard holder != nil else {
                #expect(step == .end(.failed))
                continue
            }
            #expect(step == .read(.state))
            let gone = ReconciliationTests.state(checkedOut: nil, template: "vm-9")
            let done = ChangeVerdict.done(result: nil, supersededBy: nil)
            #expect(course.took(.state(.read(gone)), now: .zero) == .end(.settled(done)))
        }
    }

    /// A refusal that says that it is so already, and what is seen afterwards.
    struct Repeated: Sendable, CustomTestStringConvertible {
        var kind: ChangeIntent.Kind
        var refusal: ErrorKind
        var answers: [Observation.Answer]
        var before: String?
        var end: ChangeCourse.Ending
        var testDescription: String { "\(kind) \(refusal.rawValue) \(before ?? "-")" }
    }

    private static let done = ChangeCourse.Ending.settled(.done(result: nil, supersededBy: nil))
    private static let undone = ChangeCourse.Ending.settled(.unknown(.madeAndUndone))

    @Test(arguments: [
        Repeated(
            kind: .powerOn,
            refusal: .alreadyInDesiredState,
            answers: [.machine(.read(.init(power: "POWERED_ON")))],
            before: "vm-5",
            end: done
        ),
        Repeated(
            kind: .powerOn,
            refusal: .alreadyInDesiredState,
            answers: [.machine(.read(.init(power: "POWERED_OFF")))],
            before: "vm-5",
            end: undone
        ),
        Repeated(
            kind: .powerOff,
            refusal: .notAllowedInCurrentState,
            answers: [.machine(.read(.init(power: "POWERED_ON")))],
            before: "vm-5",
            end: .failed
        ),
        // It was in that state before: the refusal says what is so.
        Repeated(
            kind: .powerOff,
            refusal: .alreadyInDesiredState,
            answers: [],
            before: nil,
            end: .failed
        ),
        Repeated(
            kind: .checkOut,
            refusal: .unableToAllocateResource,
            answers: [
                .state(.read(ReconciliationTests.state(checkedOut: nil, template: "vm-9"))),
                .history(.read([])),
            ],
            before: nil,
            end: undone
        ),
        // Somebody else's machine explains the refusal.
        Repeated(
            kind: .checkOut,
            refusal: .unableToAllocateResource,
            answers: [
                .state(
                    .read(
                        .init(
                            latest: "2",
                            versions: [.init("2", template: "vm-9")],
                            checkOuts: [.init("vm-7", user: "bob", name: "bobs")]
                        )
                    )
                ),
                .history(.read([])),
            ],
            before: nil,
            end: .failed
        ),
        Repeated(
            kind: .deploy,
            refusal: .alreadyExists,
            answers: [.named(.read([]))],
            before: nil,
            end: .failed
        ),
        // A route that is missing now tells nothing.
        Repeated(
            kind: .checkOut,
            refusal: .unableToAllocateResource,
            answers: [.state(.unavailable)],
            before: nil,
            end: .settled(.unknown(.notTold))
        ),
        Repeated(
            kind: .powerOff,
            refusal: .alreadyInDesiredState,
            answers: [.machine(.gone)],
            before: "vm-5",
            end: .settled(.unknown(.machineGone))
        ),
        Repeated(
            kind: .checkOut,
            refusal: .unauthorized,
            answers: [],
            before: nil,
            end: .failed
        ),
    ]) func `a refusal because it is so already is looked at`(_ row: Repeated) {
        var intent = ChangeIntent(row.kind, identifier: "op", item: "i", user: "u")
        intent.vm = "vm-5"
        intent.name = "ours"
        intent.holder = row.before
        intent.newestBefore = "2"
        var course = ChangeCourse(intent, limits: .init(settle: .zero, resends: 1))
        _ = course.begin(now: .zero)
        var step = course.replied(.refused, row.refusal, now: .zero)
        for answer in row.answers { step = course.took(answer, now: .zero) }
        #expect(step == .end(row.end))
    }

    /// A check-out that is there after a refusal, and how long after the sending it is seen.
    struct Given: Sendable, CustomTestStringConvertible {
        var before: String?
        var now: String?
        var time: String?
        var name: String? = "bobs"
        var after: Duration = .seconds(2)
        let end: ChangeCourse.Ending
        var testDescription: String {
            "\(before ?? "none") before, \(now ?? "none") of \(time ?? "unknown time") seen after \(after)"
        }
    }

    static let checkOuts = [
        Given(end: undone), Given(before: "vm-3", now: "vm-3", end: .failed),
        // It may have been given back before ours came, and ours since.
        Given(before: "vm-3", end: undone),
        // Ours may have been given back, and this one made since.
        Given(now: "vm-7", time: "2026-01-01T00:00:11Z", end: undone),
        Given(now: "vm-7", time: "2026-01-01T00:00:10.000Z", end: undone),
        Given(now: "vm-7", time: "2026-01-01T00:00:09.999Z", end: .failed),
        Given(now: "vm-7", end: undone), Given(now: "vm-7", time: "yesterday", end: undone),
        Given(before: "vm-3", now: "vm-7", time: "2026-01-01T00:00:11Z", end: undone),
        // There was no time for that: two who asked at once.
        Given(now: "vm-7", time: "2026-01-01T00:00:11Z", after: .milliseconds(999), end: .failed),
        Given(now: "vm-7", after: .milliseconds(999), end: .failed),
        // It may be ours, that was given back between two reads.
        Given(now: "vm-7", name: nil, after: .milliseconds(10), end: undone),
        Given(now: "vm-7", time: "2026-01-01T00:00:09.999Z", name: nil, end: undone),
        Given(before: "vm-7", now: "vm-7", name: nil, end: .failed),
    ]

    @Test(arguments: checkOuts)
    func `a check-out that was there when the request came explains a refusal`(_ row: Given) {
        var intent = ChangeIntent(.checkOut, identifier: "abcdefgh-1234", item: "i", user: "u")
        intent.name = "ours-abcdefgh"
        intent.checkedOutBefore = row.before
        intent.newestBefore = "2"
        intent.serverTime = 1_767_225_610_000
        var course = ChangeCourse(intent, limits: .init(settle: .zero, resends: 0))
        _ = course.begin(now: .seconds(5))
        _ = course.replied(.refused, .unableToAllocateResource, now: .seconds(5))
        var state = ReconciliationTests.state(checkedOut: nil, template: "vm-9")
        if let vm = row.now {
            state.checkOuts = [.init(vm, user: "bob", time: row.time, name: row.name)]
        }
        _ = course.took(.state(.read(state)), now: .seconds(5) + row.after)
        let step = course.took(.history(.read([])), now: .seconds(5) + row.after)
        #expect(step == .end(row.end))
    }

    @Test func `an answer that is no machine does not tell that a check-out is another's`() {
        let user = ValueBuffer.values { buffer in
            buffer.put(["user": "u", "time": "2026-01-01T00:00:00Z"] as JSONValue)
            buffer.put(17 as JSONValue)
        }
        let found = Observation.checkOut("vm-7", .success(user[0]), machine: .success(user[1]))
        #expect(found.name == nil)
        #expect(found.problem != nil)
    }
}
