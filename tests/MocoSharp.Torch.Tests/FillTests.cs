using System.Text.Json;

namespace MocoSharp.Torch.Tests;

public sealed class FillTests : TensorTest
{
    private static readonly JsonElement s_golden = Golden.Open("fill");

    [Fact]
    public void Hashes_are_those_of_the_reference()
    {
        foreach (JsonElement entry in s_golden.GetProperty("hashes").EnumerateArray())
        {
            uint salt = Fill.Salt(entry.GetProperty("name").GetString()!);
            Assert.Equal(entry.GetProperty("salt").GetUInt32(), salt);
            Assert.Equal(entry.GetProperty("first").Longs(), Enumerable.Range(0, 6).Select(i => (long)Fill.Hash(salt, (uint)i)));
        }
    }

    [Fact]
    public void Parameters_and_inputs_are_those_of_the_reference_bit_by_bit()
    {
        foreach (JsonElement entry in s_golden.GetProperty("parameters").EnumerateArray())
            Check(entry.GetProperty("check"), shape => Fill.Parameter(entry.GetProperty("name").GetString()!, shape, entry.Number("gain")));
        foreach (JsonElement entry in s_golden.GetProperty("inputs").EnumerateArray())
            Check(entry.GetProperty("check"), shape => Fill.Inputs(entry.GetProperty("name").GetString()!, shape));
    }

    [Fact]
    public void Permutations_are_those_of_the_reference()
    {
        JsonElement entry = s_golden.GetProperty("permutations")[0];
        Assert.Equal(entry.GetProperty("values").Longs(), Fill.Permutation(entry.GetProperty("name").GetString()!, 8));
    }

    private static void Check(JsonElement check, Func<long[], Tensor> make)
    {
        Tensor made = make(check.GetProperty("shape").Longs());
        float[] first = check.GetProperty("first").Floats();
        Assert.Equal(first, made.ToArray<float>()[..first.Length]);
        check.HoldsSummary(made, relative: 1e-11);
    }
}
