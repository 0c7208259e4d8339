using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace MocoSharp.Imaging.Augment.Kernels;

/// <summary>The luma's slopes by Sobel's kernels over 4; the border is mirrored at the outermost pixel.</summary>
internal static class SobelKernel
{
    public static void Run(Canvas canvas)
    {
        Planes source = canvas.Pixels();
        if (source.Channels == 3)
            Luma(source);
        (int width, int height) = (source.Width, source.Height);
        Planes target = canvas.Spare(new(width, height, 2));
        Span<float> scratch = canvas.Scratch(2 * (width + 2));
        Span<float> smooth = scratch[..(width + 2)], slope = scratch[(width + 2)..];
        for (int y = 0; y < height; y++)
        {
            Span<float> above = source.Row(0, BlurKernel.Reflect(y - 1, height)), below = source.Row(0, BlurKernel.Reflect(y + 1, height));
            TensorPrimitives.Add(above, below, smooth[1..^1]);
            TensorPrimitives.FusedMultiplyAdd(source.Row(0, y), 2, smooth[1..^1], smooth[1..^1]);
            TensorPrimitives.Subtract(below, above, slope[1..^1]);
            Close(smooth);
            Close(slope);
            Span<float> right = target.Row(0, y), down = target.Row(1, y);
            TensorPrimitives.Subtract(smooth[2..], smooth[..^2], right);
            TensorPrimitives.Multiply(right, 0.25f, right);
            TensorPrimitives.Add(slope[2..], slope[..^2], down);
            TensorPrimitives.FusedMultiplyAdd(slope[1..^1], 2, down, down);
            TensorPrimitives.Multiply(down, 0.25f, down);
        }
        canvas.Replace();
    }

    private static void Luma(Planes pixels)
    {
        Span<Vector512<float>> red = ColorKernels.Vectors(pixels.Plane(0));
        Span<Vector512<float>> green = ColorKernels.Vectors(pixels.Plane(1)), blue = ColorKernels.Vectors(pixels.Plane(2));
        for (int i = 0; i < red.Length; i++)
            red[i] = ColorKernels.Luma(red[i], green[i], blue[i]);
    }

    private static void Close(Span<float> padded)
    {
        int width = padded.Length - 2;
        padded[0] = padded[1 + BlurKernel.Reflect(-1, width)];
        padded[^1] = padded[1 + BlurKernel.Reflect(width, width)];
    }
}
