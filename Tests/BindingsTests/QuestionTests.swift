import Testing

@testable import Bindings

@Suite struct QuestionTests {
    private static let confirmation = Question(text: "Go on?", form: .confirmation)
    private static let mode = Question(
        text: "How",
        form: .text(choices: ["fast", "careful", "calm"], fallback: "careful")
    )
    private static let name = Question(text: "Name:", form: .text(choices: [], fallback: nil))
    private static let secret = Question(text: "Token", form: .secret)

    @Test(arguments: [
        (confirmation, "Go on? [y/N] "), (mode, "How (fast/careful/calm) [careful]: "),
        (name, "Name: "), (secret, "Token: "),
        (Question(text: "a\u{1B}[2Jb", form: .secret), "a\\x1B[2Jb: "),
    ])
    func `a question ends where the answer begins`(_ question: Question, _ prompt: String) {
        #expect(question.prompt == prompt)
    }

    @Test(arguments: [
        (confirmation, "y", Question.Verdict.yes), (confirmation, " YES ", .yes),
        (confirmation, "n", .no), (confirmation, "No", .no), (confirmation, "", .no),
        (confirmation, "yep", .again("answer y or n")),
        (mode, "fast", .text("fast")), (mode, "F", .text("fast")), (mode, "car", .text("careful")),
        (mode, "", .text("careful")), (mode, "ca", .again("answer one of fast, careful, calm")),
        (mode, "slow", .again("answer one of fast, careful, calm")),
        (name, " web 1 ", .text("web 1")), (name, "  ", .again("an answer is needed")),
        (secret, " s ", .text(" s ")), (secret, "", .again("an answer is needed")),
    ])
    func `an answer is what the question asks for`(
        _ question: Question,
        _ line: String,
        _ verdict: Question.Verdict
    ) {
        #expect(question.judge(line) == verdict)
    }
}
