using System.Security.Cryptography.X509Certificates;

namespace Leash.Gateway.Forwarding;

/// <summary>Whom to believe that a destination, or a proxy, is who it says: the machine's roots, and those that the user configured besides.</summary>
internal static class UpstreamTrust
{
    /// <summary>Null when the machine's roots are all: that is what TLS does by itself, without a copy of them.</summary>
    public static X509ChainPolicy? For(X509Certificate2Collection roots)
    {
        if (roots.Count == 0)
        {
            return null;
        }

        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        foreach (var location in (ReadOnlySpan<StoreLocation>)[StoreLocation.LocalMachine, StoreLocation.CurrentUser])
        {
            using var store = new X509Store(StoreName.Root, location, OpenFlags.ReadOnly);
            policy.CustomTrustStore.AddRange(store.Certificates);
        }

        policy.CustomTrustStore.AddRange(roots);
        return policy;
    }
}
