namespace Leash.Http.Canonical;

/// <summary>Why a request cannot be decided: it is malformed, or two servers could understand it differently.</summary>
public enum RequestRefusal
{
    /// <summary>It can be.</summary>
    None,

    /// <summary>The method is no token, or has lower-case letters (RFC 9110, 9.1: methods are case-sensitive; not every server agrees).</summary>
    BadMethod,

    /// <summary>The target has none of the four forms, or one that its method does not take (RFC 9112, 3.2).</summary>
    BadTarget,

    /// <summary>The target has a space, a control character, or one outside ASCII (RFC 3986, 2).</summary>
    BadCharacter,

    /// <summary>The target has a fragment, which is never sent (RFC 9112, 3.2).</summary>
    Fragment,

    /// <summary>A <c>%</c> without two hexadecimal digits (RFC 3986, 2.1).</summary>
    BadPercent,

    /// <summary>An encoded NUL or, in a path, another encoded control character.</summary>
    EncodedControl,

    /// <summary>An encoded backslash, or a backslash, in a path: a slash for some servers.</summary>
    Backslash,

    /// <summary>An encoded <c>%</c> before two hexadecimal digits in a path: whoever decodes twice sees another path.</summary>
    DoubleEncoding,

    /// <summary>Encoded bytes of a path that are no UTF-8, overlong forms among them (RFC 3629, 3).</summary>
    NotUtf8,

    /// <summary>A segment <c>.</c> or <c>..</c>, also encoded or with parameters behind it, as in <c>..;x</c> (RFC 3986, 5.2.4).</summary>
    DotSegment,

    /// <summary>The target is too long, or has too many segments.</summary>
    TargetTooLong,

    /// <summary>There is no host, or an empty one (RFC 9112, 3.2).</summary>
    NoHost,

    /// <summary>More than one <c>Host</c> (RFC 9112, 3.2).</summary>
    DuplicateHost,

    /// <summary><c>Host</c>, <c>:authority</c>, the target and the name asked for in TLS do not agree (RFC 9113, 8.3.1; RFC 9110, 7.4).</summary>
    HostMismatch,

    /// <summary>The host is no name and no address.</summary>
    BadHost,

    /// <summary>A name that ends in a dot: the same host for DNS, another one for some servers and for certificates.</summary>
    TrailingDot,

    /// <summary>A name outside ASCII: there are several ways to turn it into one that can be looked up.</summary>
    NonAsciiHost,

    /// <summary>An IPv4 address that is not four decimal numbers, or one inside IPv6.</summary>
    OddAddress,

    /// <summary>A user name or password in the target or the host (RFC 9110, 4.2.4).</summary>
    UserInfo,

    /// <summary>A port that is empty, has a leading zero, or is no number from 1 to 65535.</summary>
    BadPort,

    /// <summary>The port is not that of the connection.</summary>
    PortMismatch,

    /// <summary>The target's scheme is not that of the connection.</summary>
    SchemeMismatch,

    /// <summary>The name of a header is no token, or has upper-case letters in HTTP/2 (RFC 9110, 5.1; RFC 9113, 8.2.1).</summary>
    BadFieldName,

    /// <summary>The value of a header has a control character (RFC 9110, 5.5).</summary>
    BadFieldValue,

    /// <summary>The value of a header goes on in another line (RFC 9112, 5.2).</summary>
    ObsoleteFold,

    /// <summary>Too many headers, or too long.</summary>
    FieldsTooLong,

    /// <summary>A header that has one value only is there twice.</summary>
    DuplicateField,

    /// <summary><c>Content-Length</c> is no number, or comes with <c>Transfer-Encoding</c> (RFC 9112, 6.1).</summary>
    BadLength,

    /// <summary><c>Transfer-Encoding</c> is something else than <c>chunked</c>, or in a version that does not have it (RFC 9112, 6.1).</summary>
    BadTransferEncoding,

    /// <summary>A header about the connection where there can be none, or <c>Connection</c> naming one that is not about it (RFC 9113, 8.2.2).</summary>
    BadConnection,
}
