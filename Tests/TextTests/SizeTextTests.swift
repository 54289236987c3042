import Testing
import Text

@Suite struct SizeTextTests {
    @Test(arguments: [
        ("0", 0), ("1024", 1024), ("64K", 65536), ("256m", 256 << 20), ("1G", 1 << 30),
    ])
    func `a size`(_ text: String, _ bytes: Int) throws {
        #expect(try SizeText.parse(text) == bytes)
    }

    @Test(arguments: [(0, "0"), (1000, "1000"), (1024, "1K"), (64 << 20, "64M"), (3 << 30, "3G")])
    func `a size is written so that it is read the same`(_ size: Int, _ text: String) throws {
        #expect(SizeText.spelled(size) == text)
        #expect(try SizeText.parse(text) == size)
    }

    @Test(arguments: [
        "", "K", "64KB", "1T", "-1", "1.5M", "99999999999G", "9223372036854775807", "64 K",
    ])
    func `what is no size is refused`(_ text: String) {
        #expect(throws: QuantityProblem.self) { try SizeText.parse(text) }
    }
}
