namespace Leash.Http.Canonical;

/// <summary>What refusals say to people.</summary>
public static class RefusalText
{
    /// <summary>One lower-case line without a period.</summary>
    public static string Describe(this RequestRefusal refusal) => refusal switch
    {
        RequestRefusal.None => "the request can be decided",
        RequestRefusal.BadMethod => "the method is not a token in upper case",
        RequestRefusal.BadTarget => "the target has no form that this method takes",
        RequestRefusal.BadCharacter => "the target has a character that must be percent-encoded",
        RequestRefusal.Fragment => "the target has a fragment",
        RequestRefusal.BadPercent => "the target has a `%` without two hexadecimal digits",
        RequestRefusal.EncodedControl => "the target has an encoded control character",
        RequestRefusal.Backslash => "the path has a backslash",
        RequestRefusal.DoubleEncoding => "the path is percent-encoded twice",
        RequestRefusal.NotUtf8 => "the path has encoded bytes that are not UTF-8",
        RequestRefusal.DotSegment => "the path has a segment `.` or `..`",
        RequestRefusal.TargetTooLong => "the target is too long",
        RequestRefusal.NoHost => "the request names no host",
        RequestRefusal.DuplicateHost => "the request has more than one `Host`",
        RequestRefusal.HostMismatch => "the hosts that the request names do not agree",
        RequestRefusal.BadHost => "the host is neither a name nor an address",
        RequestRefusal.TrailingDot => "the host ends in a dot",
        RequestRefusal.NonAsciiHost => "the host has characters outside ASCII instead of its `xn--` form",
        RequestRefusal.OddAddress => "the host is an address in an unusual notation",
        RequestRefusal.UserInfo => "the host comes with a user name or password",
        RequestRefusal.BadPort => "the port is not a number from 1 to 65535",
        RequestRefusal.PortMismatch => "the port is not that of the connection",
        RequestRefusal.SchemeMismatch => "the scheme is not that of the connection",
        RequestRefusal.BadFieldName => "the name of a header is not valid",
        RequestRefusal.BadFieldValue => "the value of a header has a control character",
        RequestRefusal.ObsoleteFold => "the value of a header goes on in another line",
        RequestRefusal.FieldsTooLong => "there are too many headers, or they are too long",
        RequestRefusal.DuplicateField => "a header that has one value is there twice",
        RequestRefusal.BadLength => "the length of the body is not clear",
        RequestRefusal.BadTransferEncoding => "the transfer encoding is not `chunked`",
        RequestRefusal.BadConnection => "a header about the connection is out of place",
    };
}
