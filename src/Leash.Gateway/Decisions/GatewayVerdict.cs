using System.Collections.Immutable;

namespace Leash.Gateway.Decisions;

/// <summary>What a verdict does.</summary>
public enum GatewayEffect
{
    /// <summary>Nothing goes anywhere. The default, so it fails closed.</summary>
    Deny,

    /// <summary>It goes on, in a session whose policy denies it and is not enforced.</summary>
    WouldDeny,

    /// <summary>It goes on.</summary>
    Allow,
}

/// <summary>The policy's answer to a request or a connection.</summary>
public sealed record GatewayVerdict
{
    private static readonly GatewayVerdict PlainAllow = new() { Effect = GatewayEffect.Allow };

    private GatewayVerdict()
    {
    }

    public GatewayEffect Effect { get; private init; }

    /// <summary>Whether it may go on.</summary>
    public bool IsAllowed => Effect != GatewayEffect.Deny;

    /// <summary>The statements that decided, by id.</summary>
    public ImmutableArray<string> PolicyIds { get; private init; } = [];

    /// <summary>With a denial, also one that is not enforced: one line that says why.</summary>
    public string? Reason { get; private init; }

    /// <summary>With a denial, also one that is not enforced: how to ask for access.</summary>
    public string? Help { get; private init; }

    /// <summary>With a request that goes on, what changes in its headers before it leaves; in this order. Made over https only.</summary>
    public ImmutableArray<HeaderRewrite> Rewrites { get; init; } = [];

    /// <summary>Names of headers that would be rewritten if the request went over https.</summary>
    public ImmutableArray<string> WithheldHeaders { get; init; } = [];

    /// <summary>Names of secrets whose placeholders the request has where they are not replaced: for another host, in another header, or without TLS.</summary>
    public ImmutableArray<string> MisplacedSecrets { get; init; } = [];

    /// <summary>Allowed, with nothing to say.</summary>
    public static GatewayVerdict Allow() => PlainAllow;

    /// <summary>Allowed by these statements, with these changes.</summary>
    public static GatewayVerdict Allow(ImmutableArray<string> policyIds, ImmutableArray<HeaderRewrite> rewrites) =>
        new() { Effect = GatewayEffect.Allow, PolicyIds = policyIds, Rewrites = rewrites };

    /// <summary>Denied.</summary>
    public static GatewayVerdict Deny(string reason, string? help, ImmutableArray<string> policyIds) =>
        new() { Reason = reason, Help = help, PolicyIds = policyIds };

    /// <summary>Denied by the policy and not enforced: it goes on.</summary>
    public static GatewayVerdict WouldDeny(string reason, string? help, ImmutableArray<string> policyIds) =>
        new() { Effect = GatewayEffect.WouldDeny, Reason = reason, Help = help, PolicyIds = policyIds };
}
