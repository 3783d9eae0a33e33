namespace Leash.Plan;

/// <summary>Which facts of a request a test looks at.</summary>
public enum TestDomain
{
    Principal,
    Path,
    Exec,
    Endpoint,
    Dns,
    Http,
}

/// <summary>One question about a request that enforcers can answer by themselves. Strings are UTF-8 when compared with bytes.</summary>
public abstract record PlanTest(TestDomain Domain)
{
    /// <summary>The path is exactly this.</summary>
    public sealed record PathIs(string Path) : PlanTest(TestDomain.Path);

    /// <summary>The path is this directory or lies below it, by whole components.</summary>
    public sealed record PathUnder(string Directory) : PlanTest(TestDomain.Path);

    /// <summary>The whole path matches.</summary>
    public sealed record PathLike(PlanPattern Pattern) : PlanTest(TestDomain.Path);

    /// <summary>The last component is this; of <c>/</c> it is <c>/</c>.</summary>
    public sealed record NameIs(string Name) : PlanTest(TestDomain.Path);

    /// <summary>The last component matches.</summary>
    public sealed record NameLike(PlanPattern Pattern) : PlanTest(TestDomain.Path);

    /// <summary>The path is the name of an abstract unix socket, written <c>@name</c>.</summary>
    public sealed record PathIsAbstract() : PlanTest(TestDomain.Path);

    /// <summary>The process runs this executable.</summary>
    public sealed record ExeIs(string Path) : PlanTest(TestDomain.Principal);

    /// <summary>The executable that the process runs matches.</summary>
    public sealed record ExeLike(PlanPattern Pattern) : PlanTest(TestDomain.Principal);

    /// <summary>The process runs this executable or script, or descends from one that does.</summary>
    public sealed record LineageHas(string Path) : PlanTest(TestDomain.Principal);

    /// <summary>One of the arguments behind the first is this.</summary>
    public sealed record ArgsContain(string Argument) : PlanTest(TestDomain.Exec);

    /// <summary>There is no argument behind the first.</summary>
    public sealed record ArgsEmpty() : PlanTest(TestDomain.Exec);

    /// <summary>The first argument is this.</summary>
    public sealed record Argv0Is(string Argument) : PlanTest(TestDomain.Exec);

    /// <summary>The first argument matches.</summary>
    public sealed record Argv0Like(PlanPattern Pattern) : PlanTest(TestDomain.Exec);

    /// <summary>The file's <c>#!</c> line names this interpreter; empty for no such line.</summary>
    public sealed record InterpreterIs(string Path) : PlanTest(TestDomain.Exec);

    /// <summary>The interpreter that the file's <c>#!</c> line names matches; the text is empty without one.</summary>
    public sealed record InterpreterLike(PlanPattern Pattern) : PlanTest(TestDomain.Exec);

    /// <summary>The host is known by this name.</summary>
    public sealed record HostIs(string Name) : PlanTest(TestDomain.Endpoint);

    /// <summary>The host's name ends in a dot and this.</summary>
    public sealed record HostUnder(string Suffix) : PlanTest(TestDomain.Endpoint);

    /// <summary>The host's name or, without one, its address as text matches.</summary>
    public sealed record HostLike(PlanPattern Pattern) : PlanTest(TestDomain.Endpoint);

    /// <summary>The host is known by this name and the port is this.</summary>
    public sealed record HostPortIs(string Name, int Port) : PlanTest(TestDomain.Endpoint);

    /// <summary>The address is in the range.</summary>
    public sealed record AddressIn(Cidr Range) : PlanTest(TestDomain.Endpoint);

    /// <summary>The address is in the range and the port is this.</summary>
    public sealed record AddressPortIs(Cidr Range, int Port) : PlanTest(TestDomain.Endpoint);

    /// <summary>The port is in the range, both ends included.</summary>
    public sealed record PortIn(int First, int Last) : PlanTest(TestDomain.Endpoint);

    /// <summary>The transport is this.</summary>
    public sealed record ProtocolIs(TransportProtocol Protocol) : PlanTest(TestDomain.Endpoint);

    /// <summary>The query is for records of this type, upper case.</summary>
    public sealed record DnsTypeIs(string Type) : PlanTest(TestDomain.Dns);

    /// <summary>This part of a request or of a rewrite is exactly this.</summary>
    public sealed record HttpTextIs(HttpText Text, string Value) : PlanTest(TestDomain.Http);

    /// <summary>This part of a request or of a rewrite matches.</summary>
    public sealed record HttpTextLike(HttpText Text, PlanPattern Pattern) : PlanTest(TestDomain.Http);

    /// <summary>The request has a header of this name, lower case.</summary>
    public sealed record HeaderExists(string Name) : PlanTest(TestDomain.Http);

    /// <summary>The request has a header of this name, and its value is this.</summary>
    public sealed record HeaderIs(string Name, string Value) : PlanTest(TestDomain.Http);

    /// <summary>The request has a header of this name, and its value matches.</summary>
    public sealed record HeaderLike(string Name, PlanPattern Pattern) : PlanTest(TestDomain.Http);
}
