namespace MocoSharp.Methods.Combine;

/// <summary>Settings of <see cref="Combined"/>.</summary>
/// <param name="First">A method with its settings, such as <c>{ name: moco, queueLength: 4096 }</c>. It sees the first views, and projected
/// features are its own.</param>
/// <param name="Second">Another method with its settings, such as <c>rotation</c>. It sees the views behind those.</param>
/// <param name="Weight">What the second loss is multiplied by, above 0; 1.</param>
public sealed record CombineOptions(
    MethodOptions First, MethodOptions Second, [Bounds(0, 1000, ExceptLeast = true)] double Weight = 1) : MethodOptions
{
    /// <inheritdoc/>
    public override void Check(int batchSize)
    {
        First.Check(batchSize);
        Second.Check(batchSize);
    }

    /// <inheritdoc/>
    public override MethodOptions ForBatch(int batchSize) =>
        this with { First = First.ForBatch(batchSize), Second = Second.ForBatch(batchSize) };

    /// <inheritdoc/>
    internal override bool FollowsPictures => First.FollowsPictures || Second.FollowsPictures;

    /// <inheritdoc/>
    internal override MethodOptions ForPictures(int pictures, int batchSize) =>
        this with { First = First.ForPictures(pictures, batchSize), Second = Second.ForPictures(pictures, batchSize) };

    internal CombineOptions Checked()
    {
        foreach ((string name, MethodOptions part) in new[] { (nameof(First), First), (nameof(Second), Second) })
            OptionException.Require(part is not CombineOptions, name, "combine", "a method that is not combined itself");
        return this.InBounds();
    }
}
