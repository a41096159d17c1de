using System;
using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Models;
using Schema = CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Comparison;

/// <summary>
/// Which stage and function of one model stands for which of another: by name, and where names are left over, by position
/// when both have as many left.
/// </summary>
internal sealed class ScopeMap
{
    // By the other model's stage and function.
    private readonly Dictionary<(string Stage, string Function), (string Stage, string Function)> _scopes = [];

    /// <summary>Maps a model's scopes to those of the reference.</summary>
    public ScopeMap(Schema.Model reference, Schema.Model difference)
    {
        foreach ((PipelineStage stage, PipelineStage other) in Match(PipelineStages.Of(reference).ToArray(), PipelineStages.Of(difference).ToArray(), stage => stage.Name))
        {
            foreach ((string function, string otherFunction) in Match(Functions(stage.Model), Functions(other.Model), name => name))
            {
                _scopes[(other.Name, otherFunction)] = (stage.Name, function);
            }
        }
    }

    /// <summary>Stages and functions of the reference with their counterparts.</summary>
    public IEnumerable<((string Stage, string Function) Reference, (string Stage, string Function) Difference)> Pairs => _scopes.Select(pair => (pair.Value, pair.Key));

    /// <summary>The reference's stage and function for those of the other model; <see langword="null"/> when there is none.</summary>
    public (string Stage, string Function)? Find(string stage, string function) =>
        _scopes.TryGetValue((stage, function), out (string Stage, string Function) scope) ? scope : null;

    private static string[] Functions(Schema.Model model) => model.TypeCase == Schema.Model.TypeOneofCase.MlProgram
        ? model.MlProgram.Functions.Select(function => function.Key).ToArray()
        : [string.Empty];

    private static IEnumerable<(T Reference, T Difference)> Match<T>(T[] reference, T[] difference, Func<T, string> nameOf)
    {
        var names = new HashSet<string>(reference.Select(nameOf), StringComparer.Ordinal);
        names.IntersectWith(difference.Select(nameOf));
        T[] left = reference.Where(item => !names.Contains(nameOf(item))).ToArray(), otherLeft = difference.Where(item => !names.Contains(nameOf(item))).ToArray();
        IEnumerable<(T, T)> named =
            from item in reference
            where names.Contains(nameOf(item))
            select (item, difference.First(other => nameOf(other) == nameOf(item)));
        return left.Length == otherLeft.Length ? named.Concat(left.Zip(otherLeft, (item, other) => (item, other))) : named;
    }
}
