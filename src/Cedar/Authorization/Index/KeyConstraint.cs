namespace Cedar.Authorization.Index;

/// <summary>One thing that has to hold for a policy to apply: any of these keys.</summary>
/// <param name="Dimension">Of which entity of the request.</param>
/// <param name="Keys">In ascending order, without repetition.</param>
internal readonly record struct KeyConstraint(ScopeDimension Dimension, int[] Keys)
{
    /// <summary>Whether one of a request's keys is among them.</summary>
    public bool HoldsFor(ReadOnlySpan<int> requestKeys)
    {
        if (Keys.Length == 1)
        {
            return requestKeys.Contains(Keys[0]);
        }

        foreach (var key in requestKeys)
        {
            if (Array.BinarySearch(Keys, key) >= 0)
            {
                return true;
            }
        }

        return false;
    }
}
