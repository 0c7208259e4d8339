using System.Collections.Concurrent;
using MocoSharp.Imaging;
using MocoSharp.Imaging.Augment;
using MocoSharp.Imaging.Augment.Kernels;

namespace MocoSharp.Embedding;

/// <summary>Makes of pictures what a model takes. Threads share it; working memory is kept from call to call.</summary>
internal sealed class Preparer(ModelInput input)
{
    private readonly ConcurrentBag<(Canvas Canvas, ImageMemory Memory)> _memory = [];

    /// <summary>What a model takes of one picture, normalized.</summary>
    /// <param name="load">Gives the picture, in the memory that it is handed.</param>
    /// <param name="place">[Channels, Height, Width].</param>
    internal void Floats(Func<ImageMemory, Image> load, Span<float> place)
    {
        (Canvas Canvas, ImageMemory Memory) working = Take();
        Render(load(working.Memory), working.Canvas);
        NormalizeKernel.Planar(working.Canvas, input.View.Stats, place);
        _memory.Add(working);
    }

    /// <summary>The same as bytes.</summary>
    /// <param name="load">Gives the picture, in the memory that it is handed.</param>
    /// <param name="place">[Height, Width, Channels].</param>
    internal void Bytes(Func<ImageMemory, Image> load, Span<byte> place)
    {
        (Canvas Canvas, ImageMemory Memory) working = Take();
        Render(load(working.Memory), working.Canvas);
        ByteKernel.Run(working.Canvas.Pixels()).Samples.CopyTo(place);
        _memory.Add(working);
    }

    private (Canvas Canvas, ImageMemory Memory) Take() => _memory.TryTake(out var kept) ? kept : (new Canvas(), new ImageMemory());

    private void Render(Image image, Canvas canvas)
    {
        canvas.Load(image);
        Rng none = Rng.For(0);          // a test's view draws nothing
        foreach (Augmentation step in input.View.Steps) step.Run(ref none, canvas);
    }
}
