# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# bash completion of eamctl. tests/eamctl/manuals.py compares it with "eamctl --help".

_eamctl_globals='-h --help -j --json -p --pretty -c --color -n --netns -V --version'
_eamctl_commands='up down eam set get map explain stats monitor trace doctor check apply dnsmasq show diff import'
_eamctl_eam_commands='add del show flush replace'
_eamctl_settings='role prefix lowest-ipv6-mtu atomic-fragments id-mode df-mode ptb-min-clamp plateaus tos-zero
	tos-fixed udp-zero udp6-zero hairpin wkp-strict eam-strict-suffix native-more-specific proto-guard unmapped-src6
	unmapped-dst4 antispoof64 antispoof46 er-ingress-filter er-self-source icmp4-src icmp6-src icmp-origin-ext
	icmp-illegal-src icmp-errors icmp-rate icmp-burst max-exthdrs hook-priority denylist4 pool4 routes max-rows
	translatable4 hits node proxy-nd bridge-upstream'

_eamctl_options() {
	case $1 in
	up) echo --role ;;
	down) echo --keep ;;
	'eam add') echo --mask --idempotent ;;
	'eam replace') echo --mask ;;
	'eam show') echo --hits ;;
	explain) echo --proto --ttl --length --df --iif --xmit ;;
	stats) echo --all --watch --prometheus ;;
	import) echo --from ;;
	trace) echo --src --dst --drops ;;
	esac
}

_eamctl_values() {
	case $1 in
	role) echo siit br er default ;;
	id-mode) echo generate zero default ;;
	df-mode) echo rfc7915 rfc6145 rfc6145-small default ;;
	udp-zero) echo compute drop forward default ;;
	udp6-zero) echo pass drop default ;;
	hairpin) echo intrinsic simple off default ;;
	unmapped-src6) echo rfc7915 rfc6145 drop default ;;
	unmapped-dst4) echo stack reject reject13 drop default ;;
	icmp4-src) echo interface dummy default ;;
	icmp6-src) echo interface default ;;
	icmp-illegal-src) echo translate drop default ;;
	icmp-errors) echo limit send off default ;;
	prefix | tos-fixed | denylist4 | pool4 | translatable4) echo none default ;;
	proxy-nd | bridge-upstream) echo "$(_eamctl_devices)" none default ;;
	atomic-fragments | ptb-min-clamp | tos-zero | wkp-strict | eam-strict-suffix | native-more-specific | proto-guard | \
		antispoof64 | antispoof46 | er-ingress-filter | er-self-source | icmp-origin-ext | routes | hits | node) echo on off default ;;
	*) echo default ;;
	esac
}

# The addresses of the table, both columns.
_eamctl_rows() {
	timeout 2 eamctl "${netns[@]}" eam show 2>/dev/null | while read -r ipv4 ipv6 _; do
		echo "$ipv4" "$ipv6"
	done
}

# Names of devices; "siit_dc" says of which kind.
_eamctl_devices() {
	ip "${netns[@]}" -o link show ${1:+type "$1"} 2>/dev/null | while IFS=': ' read -r _ name _; do
		echo "${name%@*}"
	done
}

# Sets `words` for the argument that is being typed, or `files`. $1: the command, $2: the word before,
# $3: how many arguments are there already.
_eamctl_arguments() {
	case $2 in
	--role) words='br er siit'; return ;;
	--proto) words='icmp icmp6 tcp udp dccp gre esp ah ospf sctp udplite'; return ;;
	--from) words='jool tayga'; return ;;
	--iif) words=$(_eamctl_devices); return ;;
	--src | --dst) words=$(_eamctl_rows); return ;;
	--ttl | --length | --watch) return ;;
	-n | --netns) words=$(cd /run/netns 2>/dev/null && echo *); return ;;
	esac
	case $1 in
	'') words=$_eamctl_commands ;;
	eam) words=$_eamctl_eam_commands ;;
	up | down) words=$(_eamctl_devices siit_dc) ;;
	dnsmasq) words=$(_eamctl_devices) ;;
	'eam add') [ "$3" = 2 ] && words='local remote' ;;
	'eam del' | 'eam show' | map | explain) words=$(_eamctl_rows) ;;
	get) [ "$3" = 0 ] && words=$_eamctl_settings ;;
	set) if [ $(($3 % 2)) = 0 ]; then words=$_eamctl_settings; else words=$(_eamctl_values "$2"); fi ;;
	'eam replace' | check | apply | diff | import) files=1 ;;
	esac
}

_eamctl() {
	local line=${COMP_LINE:0:COMP_POINT} cur prev='' command='' count=0 words='' files='' word i
	local -a typed netns=()
	# COMP_WORDS are cut at colons, and addresses are full of them.
	read -ra typed <<<"$line"
	[[ $line == *[[:space:]] ]] && typed+=('')
	cur=${typed[-1]}
	for ((i = 1; i < ${#typed[@]} - 1; i++)); do
		word=${typed[i]}
		case $prev in
		-n | --netns) netns=(-n "$word") ;;
		--role | --proto | --from | --iif | --ttl | --length | --src | --dst) ;;
		*)
			case $word in
			-*) ;;
			*)
				if [ -z "$command" ]; then
					command=$word
				elif [ "$command" = eam ]; then
					command="eam $word"
				else
					count=$((count + 1))
				fi
				;;
			esac
			;;
		esac
		prev=$word
	done

	COMPREPLY=()
	case $cur in
	--color=* | -c=*) words='auto always never' cur=${cur#*=} ;;
	-*) words="$(_eamctl_options "$command") $_eamctl_globals" ;;
	*) _eamctl_arguments "$command" "$prev" "$count" ;;
	esac
	if [ -n "$files" ]; then
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
	else
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
	fi
	# readline replaces what is behind the last colon only.
	if [[ $cur == *:* && $COMP_WORDBREAKS == *:* ]]; then
		COMPREPLY=("${COMPREPLY[@]#"${cur%"${cur##*:}"}"}")
	fi
}

complete -F _eamctl eamctl
