# Completion of trent for bash: see trent help completion. Made from the table of flags.

_trent() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} flags='' words='' IFS=$' \n'
    COMPREPLY=()
    if ((COMP_CWORD == 1)); then
        words='account dev explain health help init migrate package release-deletions server verify version'
        flags='--help --version'
    else
        case ${COMP_WORDS[1]} in
            dev)
                flags='--listen --admin-listen --data --seal --seal-readable-by-others --store --store-password-file --store-connections --store-connect-timeout --store-socket-timeout --store-statement-timeout --store-lease --store-poll --as-development --tls-cert --tls-key --quota --sm2-regions --attestation-roots --oidc-ca --oidc-keys --cors-origin --host-name --unknown-principals --allow-reset --trust-proxy --seed --log --log-format --help'
                ;;
            server)
                flags='--listen --admin-listen --data --seal --seal-readable-by-others --store --store-password-file --store-connections --store-connect-timeout --store-socket-timeout --store-statement-timeout --store-lease --store-poll --account --from-development --tls-cert --tls-key --quota --sm2-regions --attestation-roots --oidc-ca --oidc-keys --cors-origin --trust-proxy --seed --seed-apply --log --log-format --help'
                ;;
            account)
                flags='--data --seal --seal-readable-by-others --store --store-password-file --store-connections --store-connect-timeout --store-socket-timeout --store-statement-timeout --store-lease --store-poll --help'
                words='add disable enable list remove reset-root'
                ;;
            release-deletions)
                flags='--data --seal --seal-readable-by-others --store --store-password-file --store-connections --store-connect-timeout --store-socket-timeout --store-statement-timeout --store-lease --store-poll --help'
                ;;
            init)
                flags='--data --seal --seal-readable-by-others --store --store-password-file --store-connections --store-connect-timeout --store-socket-timeout --store-statement-timeout --store-lease --store-poll --help'
                ;;
            migrate)
                flags='--seal-readable-by-others --store --store-password-file --store-connections --store-connect-timeout --store-socket-timeout --store-statement-timeout --store-lease --store-poll --contract --help'
                ;;
            explain)
                flags='--as --who --action --key --context --fact --json --endpoint-url --region --help'
                ;;
            health)
                flags='--help'
                ;;
            version)
                flags='--help'
                ;;
            help)
                flags='--help'
                words='account completion dev environment exit-codes explain health help init migrate package release-deletions server verify version'
                ;;
            verify)
                flags='--all --update-golden --help'
                ;;
            package)
                flags='--help'
                ;;
        esac
        case $before in
            --log)
                flags='' words='requests'
                ;;
            --unknown-principals)
                flags='' words='accept'
                ;;
            --account | --action | --admin-listen | --as | --attestation-roots | --context | --cors-origin | --data | --endpoint-url | --fact | --host-name | --key | --listen | --log-format | --oidc-ca | --oidc-keys | --quota | --region | --seal | --seed | --sm2-regions | --store | --store-connect-timeout | --store-connections | --store-lease | --store-password-file | --store-poll | --store-socket-timeout | --store-statement-timeout | --tls-cert | --tls-key | --trust-proxy)
                return
                ;;
        esac
    fi
    [[ $word != -* ]] || words=$flags
    while IFS= read -r word; do
        COMPREPLY+=("$word")
    done < <(compgen -W "$words" -- "$word")
}

complete -o default -F _trent trent
