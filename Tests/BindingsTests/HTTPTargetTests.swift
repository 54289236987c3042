import Testing

@testable import Bindings

@Suite struct HTTPTargetTests {
    @Test(arguments: [
        ("https://example.com", "https://example.com"),
        ("https://example.com/a?token=x", "https://example.com/a"),
        ("HTTPS://EXAMPLE.com:8443/", "HTTPS://EXAMPLE.com:8443/"),
        ("http://localhost:80/x", "http://localhost:80/x"),
        ("http://127.0.0.1?x", "http://127.0.0.1"), ("http://127.9.9.9/", "http://127.9.9.9/"),
        ("http://[::1]:8080/", "http://[::1]:8080/"),
        ("https://[2001:db8::1]/", "https://[2001:db8::1]/"),
    ]) func `an address is taken, and shown without its query`(_ url: String, _ shown: String)
        throws
    {
        let target = try HTTPTarget(url)
        #expect(target.url == url)
        #expect(target.shown == shown)
    }

    @Test(arguments: [
        ("", "https"), ("example.com", "https"), ("ftp://example.com/", "https"),
        ("file:///etc/passwd", "https"), ("http://example.com/", "this machine"),
        ("http://127.0.0.1.example.com/", "this machine"),
        ("http://localhost.example.com", "this machine"),
        ("http://127.1/", "this machine"), ("http://127.0.0.256/", "this machine"),
        ("http://localhost@example.com/", "password"),
        ("https://me:secret@example.com/", "password"),
        ("http://localhost\\@example.com/", "encoded"), ("https://example.com/a b", "encoded"),
        ("https://example.com/\r\nX: y", "encoded"), ("https://exämple.com/", "encoded"),
        ("https:///path", "no host"), ("https://:443/", "no host"),
        ("https://example.com/#x", "fragment"),
    ]) func `everything else is refused`(_ url: String, _ reason: String) {
        let problem = #expect(throws: HTTPTarget.Problem.self) { try HTTPTarget(url) }
        #expect(problem?.message.contains(reason) == true, "\(problem?.message ?? "")")
        #expect(problem?.message.contains("secret") != true)
    }
}
