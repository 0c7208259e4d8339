using System.Globalization;
using System.Text.Json;
using MocoSharp.Torch.Serialization.PyTorch;

namespace MocoSharp.Torch.Tests.Serialization;

/// <summary>Files of PyTorch 1.13 and 2.6 in both of their formats, made by <c>tools/reference/make_torch_files.py</c>.</summary>
public sealed class TorchFileTests : TensorTest
{
    [Theory, InlineData("zip"), InlineData("legacy"), InlineData("zip-2.6"), InlineData("legacy-2.6")]
    public void Each_tensor_has_the_name_shape_type_and_numbers_that_it_was_saved_with(string form)
    {
        using JsonDocument wanted = JsonDocument.Parse(File.ReadAllText(At("tensors.json")));
        using TorchFile file = TorchFile.Open(At($"tensors-{form}.pth"));
        Assert.Equal(wanted.RootElement.EnumerateObject().Select(static item => item.Name), file.Names);
        foreach (JsonProperty item in wanted.RootElement.EnumerateObject())
        {
            Tensor tensor = file[item.Name];
            Assert.Equal(item.Value.GetProperty("shape").EnumerateArray().Select(static size => size.GetInt64()), tensor.Shape);
            Assert.Equal(item.Value.GetProperty("dtype").GetString(), tensor.DType.ToString().ToLowerInvariant());
            Assert.Equal(item.Value.GetProperty("values").EnumerateArray().Select(static number => Number(number.GetString()!)),
                tensor.To(DType.Float64).ToArray<double>());
        }
    }

    [Theory, InlineData("zip"), InlineData("legacy"), InlineData("zip-2.6"), InlineData("legacy-2.6")]
    public void Views_share_one_storage_in_their_own_layout_and_outlive_the_file(string form)
    {
        Tensor whole, transposed, repeated;
        using (TorchFile file = TorchFile.Open(At($"tensors-{form}.pth")))
            (whole, transposed, repeated) = (file["views.whole"], file["views.transposed"], file["views.repeated"]);
        Assert.Equal([6, 1], whole.Strides);
        Assert.Equal([1, 6], transposed.Strides);
        Assert.Equal([1, 0], repeated.Strides);
        Assert.Equal(whole.T.ToArray<float>(), transposed.ToArray<float>());
    }

    [Theory, InlineData("zip"), InlineData("legacy"), InlineData("zip-2.6"), InlineData("legacy-2.6")]
    public void Numbers_and_texts_beside_the_tensors_are_told(string form)
    {
        using TorchFile file = TorchFile.Open(At($"tensors-{form}.pth"));
        foreach ((string name, string text) in new[]
        {
            ("epoch", "199"), ("arch", "resnet50"), ("best", "0.5"), ("done", "True"), ("optimizer.state.0.step", "5"),
            ("optimizer.param_groups.0.lr", "0.03"),
        })
            Assert.Equal(text, file.Values[name]);
    }

    [Theory, InlineData("zip"), InlineData("legacy"), InlineData("zip-2.6")]
    public void What_lay_on_a_graphics_card_is_read_on_the_processor(string form)
    {
        using TorchFile file = TorchFile.Open(At($"cuda-{form}.pth"));
        Assert.Equal([0f, 1, 2], file["a"].ToArray<float>());
        Assert.True(file["a"].Device.IsCpu);
    }

    [Theory]
    [InlineData("hostile-zip.pth", "posix.getcwd"), InlineData("hostile-legacy.pth", "posix.getcwd")]
    [InlineData("hostile-zip-2.6.pth", "posix.getcwd")]
    [InlineData("module-zip.pth", "torch.nn.modules.linear.Linear"), InlineData("module-legacy.pth", "torch.nn.modules.linear.Linear")]
    public void What_asks_for_an_object_is_refused_by_its_name(string file, string name)
    {
        TorchException error = Assert.Throws<TorchException>(() => TorchFile.Open(At(file)));
        Assert.Equal((TorchErrorIds.ForeignObject, At(file)), (error.Id, error.At));
        Assert.Contains($"asks for {name}:", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("c__builtin__\neval\n", "__builtin__.eval")]
    [InlineData("cos\ngetcwd\n(tR.", "os.getcwd")]
    [InlineData("\u0080\u0004\u008c\u0008builtins\u008c\u0004exec\u0093.", "builtins.exec")]
    [InlineData("(ios\ngetcwd\n.", "")]      // INST is no part of what is read
    [InlineData("N(S'a'\nI1\nu.", "")]
    [InlineData("NI1\na.", "")]
    [InlineData("u.", "")]
    [InlineData("h\u0001.", "")]
    [InlineData(".", "")]
    public void Names_and_nonsense_are_refused_in_every_way_that_a_pickle_can_write_them(string pickle, string name)
    {
        TorchException error = Assert.Throws<TorchException>(() => Read(pickle));
        if (name.Length == 0) Assert.Equal(TorchErrorIds.ForeignFile, error.Id);
        else Assert.Contains($"asks for {name}:", error.Message, StringComparison.Ordinal);
    }

    // list, dictionary and tuple in old protocols' words, numbers of all kinds
    [Fact]
    public void Pickles_of_every_protocol_are_read()
    {
        PickledTuple tuple = Assert.IsType<PickledTuple>(Read("(I5\nI01\nL-7L\nF0.5\nS'a'\n(lp0\nI1\na(dp1\nS'k'\ng0\nst."));
        Assert.Equal([5L, true, -7L, 0.5, "a"], tuple.Items[..5]);
        Assert.Equal([1L], Assert.IsType<PickledList>(tuple.Items[5]).Items);
        (object? key, object? value) = Assert.Single(Assert.IsType<PickledDictionary>(tuple.Items[6]).Items);
        Assert.Equal("k", key);
        Assert.Same(tuple.Items[5], value);
    }

    [Theory]
    [InlineData(new long[] { 2, 3 }, new long[] { 3, 1 }, 0)]
    [InlineData(new long[] { 6 }, new long[] { 1 }, 1)]
    [InlineData(new long[] { 2 }, new long[] { long.MaxValue }, 0)]
    [InlineData(new long[] { long.MaxValue, long.MaxValue }, new long[] { 1, 1 }, 0)]
    [InlineData(new long[] { 3, 3 }, new long[] { 1, 1 }, 0)]
    [InlineData(new long[] { long.MaxValue, 2 }, new long[] { 0, 0 }, 0)]
    [InlineData(new long[] { -1 }, new long[] { 1 }, 0)]
    [InlineData(new long[] { 2 }, new long[] { -1 }, 3)]
    [InlineData(new long[] { 2 }, new long[] { 1, 1 }, 0)]
    public void A_tensor_outside_of_its_storage_is_refused(long[] shape, long[] strides, long offset) =>
        Assert.Equal(TorchErrorIds.ForeignFile, Assert.Throws<TorchException>(() =>
            PickledTensor.Of(new PickledStorage("0", DType.Float32, 5), offset, shape, strides)).Id);

    private static object? Read(string pickle) =>
        PickleReader.Read(new MemoryStream([.. pickle.Select(static c => (byte)c)]), static _ => null);

    private static double Number(string text) => text switch
    {
        "nan" => double.NaN,
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };

    private static string At(string file) => Path.Combine(AppContext.BaseDirectory, "Serialization", "Golden", file);
}
