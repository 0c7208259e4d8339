namespace MocoSharp.Imaging.Loading;

/// <summary>A picture that could not be read; another stood in for it.</summary>
/// <param name="Index">Its index in the source.</param>
/// <param name="Name">What the source calls it.</param>
/// <param name="Reason">What is wrong with it.</param>
public sealed record BadImage(int Index, string Name, string Reason)
{
    /// <summary>What people are told.</summary>
    public string Warning => $"cannot read {Name}: {Reason}; another picture stands in";
}
