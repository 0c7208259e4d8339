using System.Buffers.Binary;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using MocoSharp.Torch.Serialization;

namespace MocoSharp.Torch.Tests.Serialization;

/// <summary>A damaged or hostile file gives one clear exception: no other exception, no crash, no read outside the file.</summary>
public sealed class SafetensorsDamageTests : TensorTest
{
    private static readonly Config s_quiet = Config.QuickThrowOnFailure.WithQuietOnSuccess(true);
    private readonly string _path = Path.GetTempFileName();

    public static TheoryData<string, string> Heads => new()
    {
        { "", "its head claims 0 bytes" },
        { "{ ", "cannot be read" },
        { "[]", "cannot be read" },
        { "{\"a\":1}", "cannot be read" },
        { "{\"a\":{}}", "cannot be read" },
        { "{\"__metadata__\":{\"a\":1}}", "cannot be read" },
        { Entry("F31", "4", "0,16"), "'a' has the unknown type 'F31'" },
        { Entry("F32", "4", "0,17"), "lies outside the file" },
        { Entry("F32", "4", "-16,0"), "lies outside the file" },
        { Entry("F32", "4", "0,16,16"), "lies outside the file" },
        { Entry("F32", "-4", "0,16"), "lies outside the file" },
        { Entry("F32", "3", "0,16"), "'a' needs 12 bytes and has 16" },
        { Entry("F32", "4", "16,0"), "'a' needs 16 bytes and has -16" },
        { Entry("F32", "4.5", "0,16"), "cannot be read" },
        { Entry("F32", "9223372036854775807,9223372036854775807", "0,16"), "cannot be read" },
        { Entry("F32", "99999999999999999999", "0,16"), "cannot be read" },
        { Entry("F32", "2", "8,16"), "starts at byte 8" },
        { Entry("F32", "2", "0,8"), "take 8 bytes, 16 are there" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}", "cannot be read" },
        { "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]},"
            + "\"b\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}", "starts at byte 0" },
    };

    [Theory, MemberData(nameof(Heads))]
    public void A_wrong_head_is_told_with_its_reason(string head, string reason)
    {
        byte[] text = Encoding.UTF8.GetBytes(head), file = new byte[8 + text.Length + 16];
        BinaryPrimitives.WriteInt64LittleEndian(file, text.Length);
        text.CopyTo(file, 8);
        TorchException error = Assert.Throws<TorchException>(() => Open(file));
        Assert.Equal(TorchErrorIds.Safetensors, error.Id);
        Assert.StartsWith("not a whole safetensors file: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.Equal(_path, error.At);
        Assert.NotNull(error.Fix);
    }

    [Theory, InlineData(long.MaxValue), InlineData(long.MinValue), InlineData(-1L), InlineData(100_000_001L), InlineData(1000L)]
    public void A_wrong_length_is_told(long length)
    {
        byte[] file = Whole();
        BinaryPrimitives.WriteInt64LittleEndian(file, length);
        Assert.Contains($"its head claims {length} bytes", Assert.Throws<TorchException>(() => Open(file)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Every_shortened_file_is_refused()
    {
        byte[] file = Whole();
        for (int length = 0; length < file.Length; length++) Assert.Throws<TorchException>(() => Open(file[..length]));
        Assert.Throws<TorchException>(() => Open([.. file, 0]));
        Open(file);
    }

    [Fact]
    public void Any_bytes_are_read_or_refused()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), ReadOrRefused).Check(s_quiet.WithMaxTest(300));
    }

    [Fact]
    public void Any_change_of_a_whole_file_is_read_or_refused()
    {
        byte[] whole = Whole();
        Arbitrary<(int, byte)[]> changes = Gen.Choose(0, whole.Length - 1)
            .SelectMany(static at => Gen.Choose(0, 255).Select(value => (at, (byte)value))).ArrayOf().ToArbitrary();
        Prop.ForAll(changes, edits =>
        {
            byte[] file = [.. whole];
            foreach ((int at, byte value) in edits) file[at] = value;
            return ReadOrRefused(file);
        }).Check(s_quiet.WithMaxTest(1000));
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        File.Delete(_path);
    }

    private bool ReadOrRefused(byte[] bytes)
    {
        try
        {
            Open(bytes);
            return true;
        }
        catch (TorchException error)
        {
            return error.Id == TorchErrorIds.Safetensors;
        }
    }

    private void Open(byte[] bytes)
    {
        File.WriteAllBytes(_path, bytes);
        using TensorScope scope = TensorScope.Begin();
        using SafetensorsFile file = Safetensors.Open(_path);
        foreach (Tensor tensor in file.ReadAll().Values) _ = tensor.Clone();   // touches every byte
    }

    private byte[] Whole()
    {
        Safetensors.Write(_path, [("one", Tensor.Ones([2, 3])), ("two", Tensor.Arange(3))], new Dictionary<string, string> { ["k"] = "v" });
        return File.ReadAllBytes(_path);
    }

    private static string Entry(string type, string shape, string offsets) =>
        $"{{\"a\":{{\"dtype\":\"{type}\",\"shape\":[{shape}],\"data_offsets\":[{offsets}]}}}}";
}
