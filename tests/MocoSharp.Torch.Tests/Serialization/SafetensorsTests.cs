using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using MocoSharp.Torch.Layers;
using MocoSharp.Torch.Serialization;

namespace MocoSharp.Torch.Tests.Serialization;

public sealed class SafetensorsTests : TensorTest
{
    private readonly string _folder = Directory.CreateTempSubdirectory("safetensors-").FullName;

    public static TheoryData<DType> AllTypes => [.. Enum.GetValues<DType>()];

    private string FilePath => Path.Combine(_folder, "weights.safetensors");

    [Theory, MemberData(nameof(AllTypes))]
    public void Every_element_type_comes_back_bit_by_bit(DType type)
    {
        Tensor value = (Tensor.RandomUniform([3, 5, 2]) * 100).To(type);
        Safetensors.Write(FilePath, [("a", value), ("scalar", Tensor.Scalar(1, type)), ("empty", Tensor.Zeros([0, 4], type))]);
        using SafetensorsFile file = Safetensors.Open(FilePath);
        Tensor read = file["a"];
        Assert.Equal(type, read.DType);
        Assert.Equal(Bytes(value), Bytes(read));
        Assert.Equal(value.Shape, read.Shape);
        Assert.Equal(0, file["scalar"].Rank);
        Assert.Equal([0L, 4], file["empty"].Shape);
    }

    [Fact]
    public void Any_layout_is_written_row_by_row()
    {
        Tensor value = Tensor.RandomNormal([2, 3, 4, 5]);
        Safetensors.Write(FilePath, [("last", value.Contiguous(MemoryFormat.ChannelsLast)), ("turned", value.Transpose(0, 3)),
            ("part", value.Narrow(2, 1, 2))]);
        using SafetensorsFile file = Safetensors.Open(FilePath);
        Assert.True(file["last"].SameAs(value));
        Assert.True(file["turned"].SameAs(value.Transpose(0, 3)));
        Assert.True(file["part"].SameAs(value.Narrow(2, 1, 2)));
        Assert.True(file["last"].IsContiguous);
    }

    [Fact]
    public void The_data_starts_on_a_multiple_of_64_bytes_and_the_head_is_plain_JSON()
    {
        for (int length = 1; length < 80; length++)
        {
            Safetensors.Write(FilePath, [(new string('n', length), Tensor.Ones([1]))]);
            byte[] file = File.ReadAllBytes(FilePath);
            long head = BinaryPrimitives.ReadInt64LittleEndian(file);
            Assert.Equal(0, (8 + head) % 64);
            using JsonDocument json = JsonDocument.Parse(Encoding.UTF8.GetString(file, 8, (int)head));
            JsonElement entry = json.RootElement.GetProperty(new string('n', length));
            Assert.Equal("F32", entry.GetProperty("dtype").GetString());
            Assert.Equal([0L, 4], entry.GetProperty("data_offsets").Longs());
            Assert.Equal([0, 0, 0x80, 0x3F], file[^4..]);
        }
    }

    [Fact]
    public void Names_order_and_metadata_come_back()
    {
        (string Name, Tensor Value)[] items = [("z.weight", Tensor.Ones([1])), ("a \"quoted\" näme", Tensor.Ones([2])),
            ("", Tensor.Ones([3]))];
        Dictionary<string, string> metadata = new() { ["format"] = "pt", ["recipe"] = "name: moco-v2\nτ: 0.2" };
        Safetensors.Write(FilePath, items, metadata);
        using SafetensorsFile file = Safetensors.Open(FilePath);
        Assert.Equal(items.Select(static item => item.Name), file.Names);
        Assert.Equal(metadata, file.Metadata);
        Assert.Equal([1L, 2, 3], file.ReadAll().Values.Select(static value => value.ElementCount));
    }

    [Fact]
    public void What_a_kill_left_behind_is_written_over()
    {
        File.WriteAllText(FilePath + ".unfinished", "half of another file, longer than a small one");
        Safetensors.Write(FilePath, [("a", Tensor.Ones([2]))]);
        Assert.Equal([FilePath], Directory.EnumerateFiles(_folder));
        using SafetensorsFile file = Safetensors.Open(FilePath);
        Assert.Equal(2, file["a"].Sum().ToDouble());
    }

    [Fact]
    public void A_second_writer_is_refused_and_takes_nothing_from_the_first()
    {
        using FileStream first = new(FilePath + ".unfinished", FileMode.Create, FileAccess.Write, FileShare.None);
        Assert.Throws<IOException>(() => Safetensors.Write(FilePath, [("a", Tensor.Ones([2]))]));
        Assert.True(File.Exists(FilePath + ".unfinished"));
    }

    [Fact]
    public void A_file_without_tensors_is_a_file()
    {
        Safetensors.Write(FilePath, []);
        using SafetensorsFile file = Safetensors.Open(FilePath);
        Assert.Empty(file.Names);
        Assert.Empty(file.Metadata);
    }

    [Fact]
    public void Tensors_share_the_file_s_pages_and_outlive_the_file_object()
    {
        Tensor value = Tensor.RandomNormal([1000]);
        Safetensors.Write(FilePath, [("a", value), ("b", value)]);
        Tensor a, b;
        using (SafetensorsFile file = Safetensors.Open(FilePath))
        {
            (a, b) = (file["a"], file["b"]);
            Assert.Equal(4000, b.DataPointer - a.DataPointer);                 // as they lie in the file: no copy
            Assert.Equal(a.DataPointer, file["a"].DataPointer);
        }
        File.Delete(FilePath);
        Assert.True(a.SameAs(value));
        a.Dispose();
        Assert.True(b.SameAs(value));
    }

    [Fact]
    public void Writing_to_a_read_tensor_never_reaches_the_file()
    {
        Safetensors.Write(FilePath, [("a", Tensor.Ones([5]))]);
        using (SafetensorsFile file = Safetensors.Open(FilePath)) Assert.Equal(10, file["a"].MulInPlace(2).Sum().ToDouble());
        using SafetensorsFile again = Safetensors.Open(FilePath);
        Assert.Equal(5, again["a"].Sum().ToDouble());
    }

    [Fact]
    public void A_file_can_be_replaced_while_its_tensors_are_in_use()
    {
        Safetensors.Write(FilePath, [("a", Tensor.Ones([100_000]))]);
        using SafetensorsFile file = Safetensors.Open(FilePath);
        Tensor old = file["a"];
        Safetensors.Write(FilePath, [("a", old.Narrow(0, 0, 1) + 1)]);
        Assert.Equal(100_000, old.Sum().ToDouble());
        using SafetensorsFile newer = Safetensors.Open(FilePath);
        Assert.Equal(2, newer["a"].ToDouble());
        Assert.Equal([FilePath], Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_module_s_state_comes_back()
    {
        using Sequential one = new(new Conv2d(3, 4, 3), new BatchNorm2d(4)), two = new(new Conv2d(3, 4, 3), new BatchNorm2d(4));
        one.Forward(Tensor.RandomNormal([2, 3, 5, 5]));
        Safetensors.Write(FilePath, one.State());
        using (SafetensorsFile file = Safetensors.Open(FilePath)) two.Load(file.ReadAll(), FilePath);
        Assert.All(one.State().Zip(two.State()), static pair => Assert.True(pair.First.Value.SameAs(pair.Second.Value), pair.First.Name));
    }

    [Fact]
    public void A_missing_name_and_a_closed_file_are_told()
    {
        Safetensors.Write(FilePath, [("a", Tensor.Ones([1]))]);
        SafetensorsFile file = Safetensors.Open(FilePath);
        TorchException error = Assert.Throws<TorchException>(() => file["b"]);
        Assert.Equal((TorchErrorIds.Weights, "the file has no tensor 'b'", FilePath), (error.Id, error.Message, error.At));
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file["a"]);
        Assert.Throws<FileNotFoundException>(() => Safetensors.Open(FilePath + ".nowhere"));
    }

    [Fact]
    public void One_name_cannot_stand_for_two_tensors()
    {
        Assert.Throws<ArgumentException>(() => Safetensors.Write(FilePath, [("a", Tensor.Ones([1])), ("a", Tensor.Ones([1]))]));
        Assert.Throws<ArgumentException>(() => Safetensors.Write(FilePath, [("__metadata__", Tensor.Ones([1]))]));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Directory.Delete(_folder, recursive: true);
    }

    private static unsafe byte[] Bytes(Tensor tensor) =>
        new ReadOnlySpan<byte>((void*)tensor.DataPointer, checked((int)tensor.ElementCount * tensor.DType.Bytes())).ToArray();
}
