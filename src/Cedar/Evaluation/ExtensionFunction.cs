using System.Collections.Immutable;
using Cedar.Values;

namespace Cedar.Evaluation;

/// <summary>A function or method of an extension type. Arguments are already counted; the receiver of a method is the first.</summary>
/// <param name="Name">As written.</param>
/// <param name="IsMethod">Whether it is called as <c>a.f(b)</c> rather than <c>f(a)</c>.</param>
/// <param name="Arity">The number of arguments, receiver included.</param>
/// <param name="ParameterType">The kind of every argument.</param>
/// <param name="Apply">The value, or null when an argument has the wrong kind or form.</param>
internal sealed record ExtensionFunction(
    string Name, bool IsMethod, int Arity, string ParameterType, Func<ImmutableArray<Value>, Value?> Apply)
{
    /// <summary>All of them. An extension type joins the language by adding its rows here.</summary>
    public static ImmutableArray<ExtensionFunction> All { get; } =
    [
        new("ip", false, 1, "string", a => a[0] is StringValue s && IPAddressValue.TryParse(s.Value, out var ip) ? ip : null),
        new("isIpv4", true, 1, "ipaddr", a => a[0] is IPAddressValue ip ? Value.Of(!ip.IsV6) : null),
        new("isIpv6", true, 1, "ipaddr", a => a[0] is IPAddressValue ip ? Value.Of(ip.IsV6) : null),
        new("isLoopback", true, 1, "ipaddr", a => a[0] is IPAddressValue ip ? Value.Of(ip.IsLoopback) : null),
        new("isMulticast", true, 1, "ipaddr", a => a[0] is IPAddressValue ip ? Value.Of(ip.IsMulticast) : null),
        new("isInRange", true, 2, "ipaddr",
            a => a[0] is IPAddressValue ip && a[1] is IPAddressValue range ? Value.Of(ip.IsInRange(range)) : null),
        new("decimal", false, 1, "string", a => a[0] is StringValue s && DecimalValue.TryParse(s.Value, out var number) ? number : null),
        new("lessThan", true, 2, "decimal", a => Compare(a) is { } order ? Value.Of(order < 0) : null),
        new("lessThanOrEqual", true, 2, "decimal", a => Compare(a) is { } order ? Value.Of(order <= 0) : null),
        new("greaterThan", true, 2, "decimal", a => Compare(a) is { } order ? Value.Of(order > 0) : null),
        new("greaterThanOrEqual", true, 2, "decimal", a => Compare(a) is { } order ? Value.Of(order >= 0) : null),
    ];

    public static ExtensionFunction? Find(string name)
    {
        foreach (var function in All)
        {
            if (function.Name == name)
            {
                return function;
            }
        }

        return null;
    }

    private static int? Compare(ImmutableArray<Value> arguments) =>
        arguments[0] is DecimalValue a && arguments[1] is DecimalValue b ? a.TenThousandths.CompareTo(b.TenThousandths) : null;
}
