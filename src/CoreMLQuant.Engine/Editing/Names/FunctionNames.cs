using System.Collections.Generic;
using System.Linq;
using CoreMLQuant.Editing.Plans;
using CoreMLQuant.Specification.Schema;

namespace CoreMLQuant.Editing.Names;

/// <summary>Renames the functions of an ML Program, in the program and in its description.</summary>
internal static class FunctionNames
{
    /// <summary>Renames functions.</summary>
    /// <exception cref="EditException">There is no such function, or its name is taken, not valid or fixed.</exception>
    public static void Rename(EditBuilder builder, IReadOnlyDictionary<string, string> names)
    {
        KeyValuePair<string, string>[] changed = names.Where(pair => pair.Key != pair.Value).ToArray();
        if (names.Count == 0)
        {
            return;
        }

        if (builder.Specification is not { TypeCase: Model.TypeOneofCase.MlProgram, MlProgram: { } program, Description: { } description })
        {
            throw new EditException("The model is not an ML Program; only ML Programs have functions.", "Omit -RenameFunction.");
        }

        NameRules.CheckExist(names.Keys, program.Functions.Keys.ToArray(), "function");
        if (changed.Length > 0 && description.Functions.Count == 0)
        {
            // The functions of a model are described since specification version 9; without that, a loader looks for this name.
            throw new EditException("The function of a model without descriptions of functions is always called 'main'.", "Omit -RenameFunction.");
        }

        foreach (KeyValuePair<string, string> pair in changed)
        {
            NameRules.CheckIdentifier(pair.Value);
        }

        NameRules.CheckFree(
            changed,
            program.Functions.Keys.Where(name => changed.All(pair => pair.Key != name)).ToDictionary(name => name, _ => "a function"),
            "the program");
        Dictionary<string, string> map = changed.ToDictionary(pair => pair.Key, pair => pair.Value);
        RenameEntries(program, map);
        description.DefaultFunctionName = New(description.DefaultFunctionName, map);
        foreach (FunctionDescription function in description.Functions)
        {
            function.Name = New(function.Name, map);
        }

        foreach (KeyValuePair<string, string> pair in changed)
        {
            builder.Add("function name", string.Empty, pair.Key, pair.Value);
        }
    }

    // The order of the functions in the file stays.
    private static void RenameEntries(Program program, IReadOnlyDictionary<string, string> names)
    {
        KeyValuePair<string, Function>[] functions = program.Functions.ToArray();
        program.Functions.Clear();
        foreach (KeyValuePair<string, Function> function in functions)
        {
            program.Functions.Add(New(function.Key, names), function.Value);
        }
    }

    private static string New(string name, IReadOnlyDictionary<string, string> names) => names.TryGetValue(name, out string? changed) ? changed : name;
}
