namespace MocoSharp.Imaging.Loading;

/// <summary>A batch that is being filled.</summary>
/// <param name="buffers">Its memory.</param>
/// <param name="count">Samples that it will have.</param>
internal sealed class OpenBatch(BatchBuffers buffers, int count)
{
    public BatchBuffers Buffers { get; } = buffers;

    public int Count { get; } = count;

    /// <summary>Samples that are not done yet.</summary>
    public int Missing { get; set; } = count;
}
