using System.Text.Json;
using MocoSharp.Methods.Jigsaw;

namespace MocoSharp.Tests.Methods.Jigsaw;

public sealed class TileOrdersTests
{
    // numpy over all 362,880 orders
    [Theory, InlineData(0), InlineData(1), InlineData(2), InlineData(3)]
    public void Orders_are_those_of_the_reference(int index)
    {
        JsonElement golden = Golden.Open("pretext").GetProperty("orders")[index];
        int[][] orders = TileOrders.Choose(golden.Whole("tiles"), golden.Whole("count"),
            Enum.Parse<OrderDistance>(golden.GetProperty("distance").GetString()!, ignoreCase: true));
        Assert.Equal(golden.GetProperty("last").Longs(), orders[^1].Select(static tile => (long)tile));
        Assert.Equal(golden.GetProperty("hash").GetInt64(),
            orders.SelectMany(static order => order).Aggregate(0L, static (hash, tile) => (hash * 31 + tile + 1) % int.MaxValue));
        int[] apart = [.. from i in Enumerable.Range(0, orders.Length)
                          from j in Enumerable.Range(i + 1, orders.Length - i - 1)
                          select TileOrders.Distance(orders[i], orders[j])];
        Assert.Equal(golden.Number("mean"), apart.Average(), tolerance: 1e-9);
        Assert.Equal(golden.Whole("least"), apart.Min());
    }

    [Theory, InlineData(OrderDistance.Mean), InlineData(OrderDistance.Min)]
    public void All_orders_there_are_can_be_had_each_once(OrderDistance distance)
    {
        int[][] orders = TileOrders.Choose(4, 24, distance);
        Assert.Equal(24, orders.Select(static order => string.Join("", order)).Distinct().Count());
        Assert.All(orders, static order => Assert.Equal([0, 1, 2, 3], order.Order()));
        Assert.Throws<ArgumentOutOfRangeException>(() => TileOrders.Choose(4, 25, distance));
    }

    // two orders that differ in two places alone are the same puzzle to an eye that cannot tell these two tiles apart
    [Fact]
    public void By_the_least_distance_neighbors_are_further_apart_than_by_the_mean()
    {
        int Least(OrderDistance distance)
        {
            int[][] orders = TileOrders.Choose(9, 100, distance);
            return Enumerable.Range(1, 99).Min(i => Enumerable.Range(0, i).Min(j => TileOrders.Distance(orders[i], orders[j])));
        }
        Assert.True(Least(OrderDistance.Min) > Least(OrderDistance.Mean));
    }
}
