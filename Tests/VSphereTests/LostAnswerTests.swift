import Buffers
import JSON
import Testing
import Transport
import VSphereSupport

@testable import Changes
@testable import VSphere

/// Every answer of the library, given to every operation: a lost answer is never believed from one that
/// is not about the object.
@Suite struct LostAnswerTests {
    /// The answers that hold the result of a change that makes something: an identifier.
    ///
    /// On `/api` that is a bare text, and nothing tells one that is none from one that is.
    static let identifiers: Set<String> = ["seed-rollback", "api-rollback", "void-with-a-text"]

    /// The answers that say that something was done and nothing more.
    static let voids: Set<String> = [
        "delete-204-on-rest", "delete-200-on-api", "void-with-null", "void-with-an-empty-envelope",
        "void-with-null-on-api", "request-empty", "empty-200", "absent-template",
        "absent-template-on-api", "absent-template-204",
    ]

    /// The answers that say of what was asked for that it is not there.
    static let gone: Set<String> = [
        "seed-404-not-found", "no-error-type", "api-without-error-type", "error-in-a-good-answer",
        "error-in-a-good-answer-to-a-change", "nested-causes", "localized",
    ]

    private static let changes = Operation.all.filter(\.isChanging)
    private static let reads = Operation.all.filter { !$0.isChanging }

    private func failure(
        _ answer: GoldenAnswer,
        of operation: VSphere.Operation
    ) -> Failure? {
        do throws(Failure) {
            let result = ValueBuffer()
            let response = answer.response
            try AnswerReader().read(response, of: operation, in: answer.dialect, into: result)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: changes.map(\.name))
    func `a change counts as done by its own result and nothing else`(name: String) throws {
        let operation = try #require(Operation.named(name))
        var isVoid = false
        if case .void = operation.result { isVoid = true }
        var accepted: Set<String> = []
        for name in GoldenAnswerTests.names {
            let answer = try GoldenAnswer(name)
            let failure = failure(answer, of: operation)
            let settled = failure?.settled(isChanging: true)
            if failure == nil { accepted.insert(name) }
            // What was not refused in so many words, and not done, is in doubt.
            let isGood = (200..<300).contains(answer.status)
            if isGood, settled?.outcome == .rejected {
                let isSpelledOut = failure?.evidence == .answered && failure?.error.type == nil
                #expect(isSpelledOut, "\(name)")
            }
            if answer.status >= 500, settled?.outcome == .rejected {
                #expect(failure?.evidence == .answered, "\(name)")
            }
            #expect(settled?.outcome != VSphereError.Outcome.none, "\(name)")
        }
        // What reports on itself is not told by a bare identifier.
        let results = operation.report == nil ? Self.identifiers : []
        #expect(accepted == (isVoid ? Self.voids : results), "\(operation.name)")
    }

    @Test(arguments: reads.map(\.name))
    func `that something is gone is read from these answers alone`(name: String) throws {
        let operation = try #require(Operation.named(name))
        var gone: Set<String> = []
        for name in GoldenAnswerTests.names
        where failure(try GoldenAnswer(name), of: operation)?.error.kind == .notFound {
            gone.insert(name)
        }
        #expect(gone == Self.gone)
    }

    @Test func `whole calls see what the reader sees`() throws {
        // With everything that happens around an answer: renewals, retries, the other dialect.
        for name in GoldenAnswerTests.names {
            let answer = try GoldenAnswer(name)
            let bench = Bench(answer.dialect.choice).opened()
            bench.perform(try Call.sample(of: .deleteVM))
            for _ in 0..<10 where bench.told.count < 2 {
                guard let sent = bench.exchange.inFlight.first else {
                    bench.exchange.advance(by: .seconds(30))
                    continue
                }
                if sent.line.hasSuffix("/session") {
                    let session = answer.dialect.success(#""s2""#)
                    bench.exchange.answer(session.status, session.body)
                } else {
                    bench.exchange.answer(
                        answer.status,
                        bytes: answer.body,
                        headers: answer.headers
                    )
                }
            }
            #expect((bench.told.last == "ok") == Self.voids.contains(name), "\(name)")
            #expect(
                (bench.errors.first?.kind == .notFound) == Self.gone.contains(name),
                "\(name)"
            )
        }
    }

    /// The course of a change whose answer was lost, with every look answered alike.
    private func verdict(
        of kind: ChangeIntent.Kind,
        _ golden: GoldenAnswer
    ) -> ChangeVerdict? {
        func reply(_ operation: VSphere.Operation) -> Observation.Reply {
            let result = ValueBuffer()
            do throws(Failure) {
                let response = golden.response
                let dialect = golden.dialect
                try AnswerReader().read(response, of: operation, in: dialect, into: result)
                return .success(result.root)
            } catch {
                return .failure(error.settled(isChanging: false))
            }
        }
        let item = kind.scope == .machine ? "" : "i"
        var intent = ChangeIntent(kind, identifier: "op", item: item, user: "u")
        intent.wanted = [
            "tag": "urn:t", "spec": kind == .setHardware ? ["count": 64] : ["name": "wanted"],
        ]
        func answer(_ question: Observation.Question) -> Observation.Answer {
            switch question {
            case .history: return .history(Observation.history(reply(.listChanges)))
            case .machine:
                return .machine(Observation.machine(reply(kind.power == nil ? .getVM : .getPower)))
            case .named:
                let operation: VSphere.Operation =
                    kind == .deploy
                    ? .listVMs : kind == .createLibrary ? .findLibraries : .findItems
                return .named(Observation.identifiers(reply(operation)) { $0.string })
            case .settings:
                let operation: VSphere.Operation =
                    switch kind {
                    case .attachTag, .detachTag: .listTags
                    case .setHardware: .getCPU
                    case .deleteLibrary: .getLibrary
                    default: .getItem
                    }
                return .settings(Observation.settings(reply(operation), of: intent))
            case .state where kind == .deleteItem:
                return .state(Observation.existence(reply(.getItem)))
            case .state:
                do throws(VSphereError) {
                    let replies = [reply(.getItem), reply(.listVersions), reply(.listCheckOuts)]
                    return .state(.read(try Observation.state(replies)))
                } catch {
                    return .state(Observation.part(error))
                }
            }
        }
        intent.version = "1"
        intent.vm = "vm-12"
        intent.holder = "vm-12"
        intent.name = "ours-op"
        intent.newestBefore = "2"
        intent.serverTime = 0
        var course = ChangeCourse(reopening: intent, limits: .init(settle: .zero, resends: 0))
        // Long after: only what cannot be read keeps it open.
        course.serverTime = 10 * 86_400_000
        var step = course.begin(now: .zero)
        for _ in 0..<9 {
            switch step {
            case .read(let question): step = course.took(answer(question), now: .zero)
            case .end(.settled(let verdict)): return verdict
            default: return nil
            }
        }
        return nil
    }

    @Test(arguments: ChangeIntent.Kind.allCases)
    func `a lost answer is never believed from an answer that is not about the object`(
        _ kind: ChangeIntent.Kind
    ) throws {
        // These are about the machine: it is there, and a list of machines is one.
        let isThere: [ChangeIntent.Kind: String] = [
            .deleteVM: "machine-of-9", .deploy: "machines-of-9",
        ]
        for name in GoldenAnswerTests.names where name != isThere[kind] {
            let verdict = try #require(self.verdict(of: kind, try GoldenAnswer(name)), "\(name)")
            if [.deleteVM, .deleteItem, .deleteLibrary].contains(kind), Self.gone.contains(name) {
                #expect(verdict == .done(result: nil, supersededBy: nil), "\(name)")
            } else {
                guard case .unknown = verdict else {
                    Issue.record("\(name): \(verdict)")
                    continue
                }
            }
        }
    }
}
