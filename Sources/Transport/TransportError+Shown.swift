extension TransportError {
    /// The certificate and addresses that a server shows while a connection is made.
    public struct Shown: Sendable, Equatable {
        /// One certificate, in libcurl's words; raw.
        public struct Certificate: Sendable, Equatable {
            /// Its owner.
            public let subject: String
            /// Its signer.
            public let issuer: String
            /// When its time begins: `Nov 29 07:00:00 2026 GMT`.
            public let start: String
            /// When its time ends, in the same form.
            public let end: String

            /// Makes one.
            public init(subject: String, issuer: String, start: String, end: String) {
                self.subject = subject
                self.issuer = issuer
                self.start = start
                self.end = end
            }
        }

        /// Its key, as a pin: `sha256//BASE64`.
        public let pin: String
        /// The names that its certificate is for, as it spells them; raw.
        public let names: String
        /// The certificates, the server's own first; empty if libcurl tells of none.
        public var chain: [Certificate] = []
        /// The address of the other end: the server's, or that of a proxy.
        public var address = ""
        /// How long the look-up of the name took.
        public var lookUp = Duration.zero
        /// How long it took until the connection was there, the look-up included.
        public var connecting = Duration.zero

        /// Makes one.
        public init(pin: String, names: String) {
            self.pin = pin
            self.names = names
        }
    }
}
