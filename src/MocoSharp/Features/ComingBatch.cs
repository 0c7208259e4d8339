using MocoSharp.Imaging.Loading;
using MocoSharp.Methods;
using MocoSharp.Torch;

namespace MocoSharp.Features;

/// <summary>A loaded batch, perhaps already on its way to a device.</summary>
/// <param name="reader">Knows where to.</param>
/// <param name="loaded">The loader's memory.</param>
/// <param name="owns">Whether that memory goes back to the loader with this.</param>
internal sealed class ComingBatch(BatchReader reader, ViewBatch loaded, bool owns = true) : IDisposable
{
    private Upload[]? _uploads;

    /// <summary>N.</summary>
    internal int Count => loaded.Count;

    /// <summary>What was loaded.</summary>
    internal ViewBatch Loaded => loaded;

    /// <summary>Lets the copies of all views begin.</summary>
    internal void Start() => _uploads = [.. Enumerable.Range(0, loaded.Views)
        .Select(view => reader.Begin(BatchReader.Memory(loaded, view)))];

    /// <summary>The batch, once. On the processor its fp32 tensors share the loader's memory, so they end before this.</summary>
    /// <param name="address">Of the batch's own randomness.</param>
    internal Batch Read(long address) => reader.Of(loaded, [.. Enumerable.Range(0, loaded.Views).Select(View)], address);

    /// <summary>One view, once; as <see cref="Read"/>.</summary>
    internal Tensor View(int view) => _uploads is { } uploads ? uploads[view].Finish() : reader.View(loaded, view);

    public void Dispose()
    {
        foreach (Upload upload in _uploads ?? []) upload.Dispose();
        if (owns) loaded.Dispose();
    }
}
