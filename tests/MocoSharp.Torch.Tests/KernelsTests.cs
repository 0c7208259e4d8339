namespace MocoSharp.Torch.Tests;

/// <summary>Every convolution of this library against libtorch's in double precision, at every processor level that this machine
/// has.</summary>
public sealed class KernelsTests : TensorTest
{
    private const int Drawn = 12;
    private static readonly string s_highest = Kernels.Level;       // the machine's, or what MOCOSHARP_LEVEL leaves of it
    private static readonly Shape[] s_shapes = [.. new (int N, int In, int Side, int Out, int Kernel, int Stride, int Padding, int Groups)[]
    {
        (3, 16, 9, 32, 3, 1, 1, 1), (5, 48, 8, 80, 3, 1, 1, 1), (2, 16, 7, 16, 3, 1, 0, 1), (2, 32, 6, 16, 3, 1, 2, 1),
            (33, 64, 4, 64, 3, 1, 1, 1), (4, 3, 12, 24, 3, 1, 1, 1),
        // so many channels that not all of a Winograd gradient's products are summed together
        (2, 128, 9, 112, 3, 1, 1, 1), (1, 256, 10, 320, 3, 1, 1, 1), (1, 384, 8, 448, 3, 1, 1, 1),
        // every other pixel; also with weights that outweigh the maps
        (5, 48, 9, 80, 3, 2, 1, 1), (2, 16, 7, 16, 3, 2, 1, 1), (33, 64, 8, 96, 3, 2, 1, 1), (2, 272, 10, 320, 3, 2, 1, 1),
        (2, 3, 20, 16, 7, 2, 3, 1), (3, 16, 9, 24, 3, 2, 1, 1), (4, 24, 10, 40, 1, 2, 0, 1), (2, 40, 8, 24, 1, 1, 0, 1),
            (2, 5, 11, 7, 5, 3, 2, 1), (1, 8, 3, 8, 2, 1, 1, 1),
        (4, 24, 17, 24, 3, 1, 1, 3), (33, 48, 6, 48, 3, 2, 1, 2), (2, 96, 16, 96, 3, 1, 1, 2), (3, 16, 9, 16, 3, 1, 1, 16),
            (2, 40, 20, 80, 3, 2, 1, 5), (2, 6, 8, 12, 3, 1, 1, 3),
        (4, 1, 9, 16, 1, 2, 0, 1), (4, 4, 16, 24, 1, 2, 0, 1), (3, 7, 10, 8, 1, 3, 1, 1), (2, 12, 12, 12, 1, 2, 0, 4),
    }.Select(static s => new Shape(s.N, s.In, (s.Side, s.Side + 1), s.Out, (s.Kernel, s.Kernel), (s.Stride, s.Stride),
        (s.Padding, s.Padding), s.Groups)),
        // wrong now and then where libtorch does it in bf16
        .. Enumerable.Repeat(new Shape(3, 64, (18, 13), 29, (2, 1), (3, 3), (0, 0), 1), 6),
        // its weight gradient likewise, without AMX
        .. Enumerable.Repeat(new Shape(5, 16, (3, 1), 8, (3, 3), (2, 2), (1, 1), 1), 4)];

    public static TheoryData<string, string, DType> Kinds()
    {
        TheoryData<string, string, DType> kinds = [];
        foreach (string level in Kernels.Levels.TakeWhile(static l => l != s_highest).Append(s_highest).Where(Kernels.Levels.Contains))
        {
            kinds.Add(level, "library", DType.Float32);
            kinds.Add(level, "columns", DType.Float32);
            kinds.Add(level, "winograd", DType.Float32);
            kinds.Add(level, "winograd4", DType.Float32);
            kinds.Add(level, "library", DType.BFloat16);
            kinds.Add(level, "winograd", DType.BFloat16);   // libtorch's with AMX; fp32 below AVX-512's bf16 products
            kinds.Add(level, "tiles", DType.BFloat16);      // fp32 below them
        }
        return kinds;
    }

    // a convolution is linear in its weights: the slope along a direction is the convolution with that direction
    [Fact]
    public void Gradients_of_weights_and_biases_in_double_keep_double_precision()
    {
        Tensor x = Tensor.RandomNormal([3, 4, 6, 6]).To(DType.Float64),
            weight = Tensor.RandomNormal([5, 4, 3, 3]).To(DType.Float64).Detach(),
            bias = Tensor.RandomNormal([5]).To(DType.Float64).Detach();
        Tensor way = Tensor.RandomNormal([5, 4, 3, 3]).To(DType.Float64), up = Tensor.RandomNormal([3, 5, 6, 6]).To(DType.Float64);
        (weight.RequiresGrad, bias.RequiresGrad) = (true, true);
        (Functional.Conv2d(x, weight, bias, 1, 1, 1) * up).Sum().Backward();
        Tolerance.Close((Functional.Conv2d(x, way, null, 1, 1, 1) * up).Sum().ToDouble(), (weight.Grad! * way).Sum().ToDouble(), 1e-11);
        Assert.InRange((up.Sum([0, 2, 3]) - bias.Grad!).Norm().ToDouble(), 0, 1e-12);
    }

    [Theory, MemberData(nameof(Kinds))]
    public void A_convolution_and_its_gradients_are_those_of_double_precision(string level, string implementation, DType type) =>
        Hold(s_shapes, level, implementation, type);

    // other shapes at each level, the same in every run: sides, kernels, strides and borders of their own each way, groups
    [Theory, MemberData(nameof(Kinds))]
    public void So_are_convolutions_of_drawn_shapes(string level, string implementation, DType type) =>
        Hold([.. Enumerable.Range(0, Drawn).Select(i => Draw($"{level} {implementation} {i}"))], level, implementation, type);

    // more tiles than are transformed at a time: both directions of many channels, and the weights' gradient
    [Theory, MemberData(nameof(Levels))]
    public void So_is_a_batch_that_winograds_convolutions_take_in_several_passes(string level) => Hold(
        [new Shape(56, 528, (8, 8), 16, (3, 3), (1, 1), (1, 1), 1), new Shape(56, 16, (8, 8), 528, (3, 3), (1, 1), (1, 1), 1),
            new Shape(112, 256, (4, 5), 512, (3, 3), (1, 1), (1, 1), 1)], level, "winograd4", DType.Float32);

    public static TheoryData<string> Levels() => [.. Kinds().Select(static kind => kind.Data.Item1).Distinct()];

    [Fact]
    public void Drawn_shapes_have_unequal_strides_and_borders_and_groups()
    {
        Shape[] drawn = [.. Kinds().SelectMany(static kind => Enumerable.Range(0, Drawn)
            .Select(i => Draw($"{kind.Data.Item1} {kind.Data.Item2} {i}")))];
        Assert.InRange(drawn.Count(static s => s.Stride.Rows != s.Stride.Columns), drawn.Length / 5, drawn.Length);
        Assert.InRange(drawn.Count(static s => s.Padding.Rows != s.Padding.Columns), drawn.Length / 5, drawn.Length);
        Assert.InRange(drawn.Count(static s => s.Kernel.Rows != s.Kernel.Columns), drawn.Length / 5, drawn.Length);
        Assert.InRange(drawn.Count(static s => s.Groups > 1), drawn.Length / 5, drawn.Length);
    }

    private static void Hold(IEnumerable<Shape> shapes, string level, string implementation, DType type)
    {
        double allowed = type == DType.BFloat16 ? 1e-2 : 1e-5;
        Kernels.Level = level;
        Kernels.Convolutions = implementation;
        foreach (Shape s in shapes)
        {
            using TensorScope scope = TensorScope.Begin();
            Tensor x = Tensor.RandomNormal([s.N, s.In, s.Side.Rows, s.Side.Columns]).To(type);
            Tensor weight = (Tensor.RandomNormal([s.Out, s.In / s.Groups, s.Kernel.Rows, s.Kernel.Columns]) / Math.Sqrt(s.Kernel.Rows
                * s.Kernel.Columns)).To(type);
            Tensor? up = null;
            Tensor[] Run(DType computed)
            {
                Tensor a = x.To(computed).Contiguous(MemoryFormat.ChannelsLast).Detach(),
                    w = weight.To(computed == DType.Float64 ? DType.Float64 : DType.Float32).Detach();
                (a.RequiresGrad, w.RequiresGrad) = (true, true);
                Tensor y = Functional.Conv2d(a, w, null, s.Stride, s.Padding, s.Groups);
                up ??= Tensor.RandomNormal(y.Shape).To(type);
                y.Backward(up.To(computed));
                return [y.Detach(), a.Grad!, w.Grad!];
            }

            Tensor[] exact = Run(DType.Float64), ours = Run(type);
            for (int i = 0; i < exact.Length; i++)
            {
                double error = Norm(ours[i].To(DType.Float64) - exact[i]) / Norm(exact[i]);
                Assert.True(error <= allowed,
                    $"{new[] { "y", "x's gradient", "the weights' gradient" }[i]} of {s}: {error:e1} off, allowed {allowed:e0}");
            }
        }
    }

    // libtorch's gradient of such weights can be wrong, or not return, on AVX2
    [Theory, InlineData(1, 2, 0, "seen_pixels"), InlineData(1, 3, 1, "seen_pixels"), InlineData(1, 1, 0, "as_it_is"),
        InlineData(3, 2, 1, "as_it_is")]
    public void Libtorch_is_never_asked_for_a_strided_weight_gradient_of_one_pixel(int kernel, int stride, int padding, string route)
    {
        foreach (int channels in (int[])[1, 4, 7, 8, 64])
            foreach (DType type in (DType[])[DType.Float32, DType.BFloat16])
                Assert.Equal(route, Kernels.LibraryRoute("weight", Tensor.Zeros([2, channels, 8, 8]).To(type),
                    Tensor.Zeros([8, channels, kernel, kernel]), stride, padding));
    }

    [Theory, InlineData("weight", 1, 3, 16, 8, 3, "in_float"), InlineData("weight", 8, 3, 16, 8, 3, "as_it_is"),
        InlineData("input", 8, 1, 16, 7, 1, "in_float"),
        InlineData("input", 8, 1, 16, 8, 1, "as_it_is"), InlineData("input", 8, 3, 16, 7, 1, "as_it_is"),
            InlineData("forward", 8, 1, 16, 7, 1, "as_it_is")]
    public void Libtorchs_bf16_is_not_asked_where_it_is_wrong(string direction, int side, int kernel, int channels, int outputs, int stride,
        string route)
    {
        Tensor x = Tensor.Zeros([2, channels, side, side]), weight = Tensor.Zeros([outputs, channels, kernel, kernel]);
        string expected = Kernels.HasBf16 ? route : "as_it_is";         // without bf16 products it is never asked in bf16
        Assert.Equal(expected, Kernels.LibraryRoute(direction, x.To(DType.BFloat16), weight, stride, padding: 1));
        Assert.Equal("as_it_is", Kernels.LibraryRoute(direction, x, weight, stride, padding: 1));
    }

    [Fact]
    public void A_level_above_the_machine_or_of_no_name_is_refused()
    {
        if (Kernels.MachineLevel != "amx")
            Assert.Contains("above this machine's", Assert.Throws<TorchException>(static () => Kernels.Level = "amx").Message,
            StringComparison.Ordinal);
        Assert.Contains("avx9", Assert.Throws<TorchException>(static () => Kernels.Level = "avx9").Message, StringComparison.Ordinal);
        Kernels.Level = "auto";
        Assert.Equal(s_highest, Kernels.Level);
    }

    [Fact]
    public void The_ceiling_is_above_what_any_product_reaches() => Assert.True(Kernels.Ceiling(DType.Float32) > 1);

    private static Shape Draw(string name)
    {
        uint next = 0, salt = Fill.Salt(name);
        int From(int low, int high) => low + (int)(Fill.Hash(salt, next++) % (uint)(high - low + 1));
        bool Chance(int percent) => From(1, 100) <= percent;
        (int, int) Pair(int low, int high, int equal)
        {
            int first = From(low, high);
            return (first, Chance(equal) ? first : From(low, high));
        }
        int groups = Chance(60) ? 1 : From(2, 6), most = groups == 1 ? 70 : 24;
        (int Rows, int Columns) kernel = Pair(1, 5, equal: 50), padding = Pair(0, 2, equal: 50), side = Pair(3, 19, equal: 30);
        // the kernel must fit into picture and border
        side = (Math.Max(side.Rows, kernel.Rows - 2 * padding.Rows), Math.Max(side.Columns, kernel.Columns - 2 * padding.Columns));
        return new Shape(From(1, 6), groups * From(1, most), side, groups * From(1, most), kernel, Pair(1, 3, equal: 50), padding, groups);
    }

    private sealed record Shape(
        int N, int In, (int Rows, int Columns) Side, int Out, (int Rows, int Columns) Kernel, (int Rows, int Columns) Stride,
        (int Rows, int Columns) Padding, int Groups);

    protected override void Dispose(bool disposing)
    {
        Kernels.Level = "auto";
        Kernels.Convolutions = "auto";
        base.Dispose(disposing);
    }

    private static double Norm(Tensor tensor) => Math.Sqrt((tensor * tensor).Sum().ToDouble());
}
