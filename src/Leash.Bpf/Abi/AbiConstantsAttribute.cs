namespace Leash.Bpf.Abi;

/// <summary>
/// Says that the members of an enum, or the constants of a class, are those of <c>leash_abi.h</c> whose names begin with
/// <paramref name="prefix"/>: <c>NoPermit</c> is <c>LEASH_REASON_NO_PERMIT</c>. Tests compare the values.
/// </summary>
/// <param name="prefix">What the native names have before the rest: <c>LEASH_REASON_</c>.</param>
[AttributeUsage(AttributeTargets.Enum | AttributeTargets.Class)]
internal sealed class AbiConstantsAttribute(string prefix) : Attribute
{
    public string Prefix { get; } = prefix;
}
